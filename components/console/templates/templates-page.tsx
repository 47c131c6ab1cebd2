"use client";

import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { FileText } from "lucide-react";
import { useRouter } from "next/navigation";
import { parseAsBoolean, useQueryState } from "nuqs";
import { type FormEvent, useState } from "react";
import { Badge } from "../../ui/badge.tsx";
import { Button } from "../../ui/button.tsx";
import { Dialog, DialogButtons } from "../../ui/dialog.tsx";
import { EmptyState } from "../../ui/empty-state.tsx";
import { Field, Input } from "../../ui/field.tsx";
import { useAct } from "../act.tsx";
import { useConsole } from "../console-context.ts";
import { CursorPager, useCursor } from "../cursor-pager.tsx";
import { type Column, DataTable } from "../data-table.tsx";
import { FailureNote } from "../failure-note.tsx";
import { PageHeader } from "../page-header.tsx";
import { takenIn } from "../problem.ts";
import { QueryView } from "../query-view.tsx";
import { TakenField } from "../taken-field.tsx";
import { type Answers, useTRPC, useTRPCClient } from "../trpc.ts";
import { When } from "../when.tsx";

type Template = Answers["templates"]["list"]["data"][number];

/** The texts that sends name, with their versions. */
export function TemplatesPage() {
  const { base, manages } = useConsole();
  const trpc = useTRPC();
  const router = useRouter();
  const after = useCursor("name");
  const [creates, setCreates] = useQueryState("create", parseAsBoolean.withDefault(false));
  const query = useQuery(
    trpc.templates.list.queryOptions({ limit: 50, ...(after ? { after } : {}) }, { placeholderData: keepPreviousData }),
  );
  const open = (name: string) => router.push(`${base}/templates/${encodeURIComponent(name)}`);
  // Whoever comes back from it comes to the list, not to a dialog.
  const made = (name: string) => void setCreates(null).then(() => open(name));
  const create = manages && (
    <Button data-create variant="primary" onClick={() => void setCreates(true)}>
      Create a template
    </Button>
  );
  return (
    <>
      <PageHeader
        title="Templates"
        lead="What notifications say, written once and sent by name. Sends go on with the published version while a draft is written."
        action={create}
      />
      <QueryView
        query={query}
        empty={{
          when: ({ data }) => data.length === 0,
          show: (
            <EmptyState icon={FileText} title="There is no template yet" action={create}>
              Write one, publish it, and send with <code className="font-mono">{'{"template": "its-name"}'}</code>.
            </EmptyState>
          ),
        }}
      >
        {(page) => (
          <>
            <DataTable
              label="Templates"
              columns={columns}
              rows={page.data}
              idOf={({ name }) => name}
              onOpen={({ name }) => open(name)}
            />
            {"nextCursor" in page && <CursorPager nextCursor={page.nextCursor} order="name" />}
          </>
        )}
      </QueryView>
      {creates && manages && <CreateTemplate onClose={() => void setCreates(null)} onMade={made} />}
    </>
  );
}

const columns: readonly Column<Template>[] = [
  { header: "Title", cell: ({ title }) => title },
  { header: "Name", cell: ({ name }) => <code className="font-mono text-xs">{name}</code> },
  {
    header: "Published",
    cell: ({ published }) => (published === undefined ? <Badge tone="warn">never</Badge> : `version ${published}`),
  },
  {
    header: "Draft",
    cell: ({ latest, published }) =>
      latest === published ? <span className="text-muted">–</span> : `version ${latest}`,
  },
  { header: "Changed", cell: ({ updatedAt }) => <When at={updatedAt} /> },
];

function CreateTemplate({ onClose, onMade }: { onClose: () => void; onMade: (name: string) => void }) {
  const client = useTRPCClient();
  const { once, busy, failure } = useAct();
  const [wanted, setWanted] = useState("");

  async function submit(event: FormEvent<HTMLFormElement>) {
    event.preventDefault();
    const form = new FormData(event.currentTarget);
    const [name, title] = ["name", "title"].map((field) => String(form.get(field) ?? ""));
    const first = { subject: title ?? "", message: "Hello {{ name }}", sample: { name: "Ada" } };
    const asked = { name: name ?? "", ...(title ? { title } : {}), ...first, onlyNew: true };
    setWanted(asked.name);
    const made = await once(asked, (call) => client.templates.save.mutate(call));
    if (made) onMade(made.name);
  }

  return (
    <Dialog open onOpenChange={(open) => !open && onClose()} title="Create a template">
      <form onSubmit={submit} className="flex flex-col gap-5">
        <Field label="Title" error={failure?.fields.title}>
          <Input name="title" required maxLength={100} autoComplete="off" autoFocus />
        </Field>
        <TakenField
          label="Name"
          hint="What sends call it by, such as order-shipped."
          failure={failure}
          field="name"
          onOpen={() => onMade(wanted)}
        >
          <Input name="name" required maxLength={100} autoComplete="off" className="font-mono" />
        </TakenField>
        {takenIn(failure, "name") === undefined && <FailureNote failure={failure} />}
        <DialogButtons>
          <Button onClick={onClose}>Cancel</Button>
          <Button type="submit" variant="primary" disabled={busy}>
            Create
          </Button>
        </DialogButtons>
      </form>
    </Dialog>
  );
}
