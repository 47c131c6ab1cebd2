"use client";

import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { Hash } from "lucide-react";
import { useRouter } from "next/navigation";
import { parseAsBoolean, useQueryState } from "nuqs";
import { type FormEvent, useState } from "react";
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

/** What people subscribe to, so that one send reaches them all. */
export function TopicsPage() {
  const { base, manages } = useConsole();
  const trpc = useTRPC();
  const router = useRouter();
  const after = useCursor("name");
  const [creates, setCreates] = useQueryState("create", parseAsBoolean.withDefault(false));
  const query = useQuery(
    trpc.topics.list.queryOptions({ limit: 50, ...(after ? { after } : {}) }, { placeholderData: keepPreviousData }),
  );
  const open = (id: string) => router.push(`${base}/topics/${encodeURIComponent(id)}`);
  // Whoever comes back from it comes to the list, not to a dialog.
  const made = (id: string) => void setCreates(null).then(() => open(id));
  const create = manages && (
    <Button data-create variant="primary" onClick={() => void setCreates(true)}>
      Create a topic
    </Button>
  );
  return (
    <>
      <PageHeader title="Topics" lead="Whoever subscribes to one gets what is sent to it." action={create} />
      <QueryView
        query={query}
        empty={{
          when: ({ data }) => data.length === 0,
          show: (
            <EmptyState icon={Hash} title="There is no topic yet" action={create}>
              Make one, subscribe people from here or your server, and send to all of them at once.
            </EmptyState>
          ),
        }}
      >
        {(page) => (
          <>
            <DataTable
              label="Topics"
              columns={columns}
              rows={page.data}
              idOf={({ id }) => id}
              onOpen={({ id }) => open(id)}
            />
            {"nextCursor" in page && <CursorPager nextCursor={page.nextCursor} order="name" />}
          </>
        )}
      </QueryView>
      {creates && manages && <CreateTopic onClose={() => void setCreates(null)} onMade={made} />}
    </>
  );
}

const columns: readonly Column<Answers["topics"]["list"]["data"][number]>[] = [
  { header: "Name", cell: ({ name }) => name },
  { header: "Id", cell: ({ id }) => <code className="font-mono text-xs">{id}</code> },
  { header: "Subscribers", cell: ({ subscribers }) => <span className="tabular-nums">{subscribers}</span> },
  { header: "Made", cell: ({ createdAt }) => <When at={createdAt} /> },
];

function CreateTopic({ onClose, onMade }: { onClose: () => void; onMade: (id: string) => void }) {
  const client = useTRPCClient();
  const { once, busy, failure } = useAct();
  const [wanted, setWanted] = useState("");

  async function submit(event: FormEvent<HTMLFormElement>) {
    event.preventDefault();
    const form = new FormData(event.currentTarget);
    const text = (name: string) => String(form.get(name) ?? "");
    const asked = { topicId: text("id"), name: text("name"), onlyNew: true };
    setWanted(asked.topicId);
    const made = await once(asked, (call) => client.topics.put.mutate(call));
    if (made) onMade(made.id);
  }

  return (
    <Dialog open onOpenChange={(open) => !open && onClose()} title="Create a topic">
      <form onSubmit={submit} className="flex flex-col gap-5">
        <Field label="Name" error={failure?.fields.name}>
          <Input name="name" required maxLength={200} autoComplete="off" autoFocus />
        </Field>
        <TakenField
          label="Id"
          hint="Your own, such as line-montijo."
          failure={failure}
          field="topicId"
          onOpen={() => onMade(wanted)}
        >
          <Input name="id" required maxLength={100} autoComplete="off" className="font-mono" />
        </TakenField>
        {takenIn(failure, "topicId") === undefined && <FailureNote failure={failure} />}
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
