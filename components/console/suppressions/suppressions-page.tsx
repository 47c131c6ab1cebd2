"use client";

import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { MailX } from "lucide-react";
import { parseAsBoolean, parseAsString, useQueryStates } from "nuqs";
import { type FormEvent, useState } from "react";
import { Badge } from "../../ui/badge.tsx";
import { Button } from "../../ui/button.tsx";
import { ConfirmDialog, Dialog, DialogButtons } from "../../ui/dialog.tsx";
import { EmptyState } from "../../ui/empty-state.tsx";
import { Field, Input } from "../../ui/field.tsx";
import { useToast } from "../../ui/toast.tsx";
import { useAct } from "../act.tsx";
import { useConsole } from "../console-context.ts";
import { CursorPager, useCursor } from "../cursor-pager.tsx";
import { type Column, DataTable } from "../data-table.tsx";
import { FailureNote } from "../failure-note.tsx";
import { FilterBox } from "../filter-box.tsx";
import { given } from "../given.ts";
import { PageHeader } from "../page-header.tsx";
import { QueryView } from "../query-view.tsx";
import { type Answers, useTRPC, useTRPCClient } from "../trpc.ts";
import { When } from "../when.tsx";

type Suppression = Answers["suppressions"]["list"]["data"][number];

const reasonWords: Record<Suppression["reason"], { tone: "bad" | "warn" | "plain"; words: string }> = {
  bounce: { tone: "bad", words: "came back" },
  complaint: { tone: "bad", words: "marked as spam" },
  refused: { tone: "bad", words: "unknown there" },
  manual: { tone: "plain", words: "by hand" },
};

const filters = { search: parseAsString, create: parseAsBoolean.withDefault(false), before: parseAsString };

/** Addresses that get no mail, why, and what their side said. */
export function SuppressionsPage() {
  const { manages } = useConsole();
  const trpc = useTRPC();
  const before = useCursor();
  const [{ search, create }, setQuery] = useQueryStates(filters);
  const [lifts, setLifts] = useState<string>();
  const query = useQuery(
    trpc.suppressions.list.queryOptions(
      { limit: 50, ...given({ search, before }) },
      { placeholderData: keepPreviousData },
    ),
  );
  const add = manages && (
    <Button data-create variant="primary" onClick={() => void setQuery({ create: true }, { history: "push" })}>
      Add an address
    </Button>
  );
  return (
    <>
      <PageHeader
        title="Suppressions"
        lead="Addresses that get no mail: what came back, was complained about, or somebody listed. More mail to them would harm the sender's name."
        action={add}
      />
      <div className="mb-4">
        <FilterBox
          label="Part of the address"
          value={search}
          onSet={(value) => void setQuery({ search: value, before: null })}
        />
      </div>
      <QueryView
        query={query}
        empty={{
          when: ({ data }) => data.length === 0,
          show: (
            <EmptyState icon={MailX} title={search ? "No such address is listed" : "No address is listed"}>
              {search ? "Mail to it goes out." : "Addresses come here by themselves when mail to them comes back."}
            </EmptyState>
          ),
        }}
      >
        {(page) => (
          <>
            <DataTable
              label="Suppressions"
              columns={[...columns, ...(manages ? [liftColumn(setLifts)] : [])]}
              rows={page.data}
              idOf={({ address }) => address}
            />
            {"nextCursor" in page && <CursorPager nextCursor={page.nextCursor} />}
          </>
        )}
      </QueryView>
      {create && manages && (
        // What was closed does not come up again by Back.
        <AddDialog onClose={() => void setQuery({ create: null })} />
      )}
      <LiftDialog address={lifts} onClose={() => setLifts(undefined)} />
    </>
  );
}

const columns: readonly Column<Suppression>[] = [
  { header: "Address", cell: ({ address }) => <span className="break-all">{address}</span> },
  {
    header: "Why",
    cell: ({ reason }) => <Badge tone={reasonWords[reason]?.tone}>{reasonWords[reason]?.words ?? reason}</Badge>,
  },
  {
    header: "What was said",
    cell: ({ detail }) => <span className="line-clamp-2 max-w-80 break-words">{detail ?? "–"}</span>,
  },
  { header: "Since", cell: ({ createdAt }) => <When at={createdAt} /> },
];

const liftColumn = (lift: (address: string) => void): Column<Suppression> => ({
  header: "Act",
  cell: ({ address }) => (
    <Button size="sm" aria-label={`${address} works again`} onClick={() => lift(address)}>
      Works again
    </Button>
  ),
});

function LiftDialog({ address, onClose }: { address: string | undefined; onClose: () => void }) {
  const client = useTRPCClient();
  const toast = useToast();
  const { run, failure } = useAct();

  async function lift() {
    if (address && (await run(() => client.suppressions.remove.mutate({ address }))))
      toast({ title: `${address} gets mail again` });
  }

  return (
    <>
      <FailureNote failure={failure} className="mt-4" />
      <ConfirmDialog
        open={address !== undefined}
        onOpenChange={(open) => !open && onClose()}
        title="Does the address work again?"
        confirm="It works again"
        variant="primary"
        onConfirm={() => void lift()}
      >
        <p>
          Mail to <span className="break-all">{address}</span> goes out from now on. What was not sent meanwhile stays
          unsent.
        </p>
      </ConfirmDialog>
    </>
  );
}

function AddDialog({ onClose }: { onClose: () => void }) {
  const client = useTRPCClient();
  const toast = useToast();
  const { once, busy, failure } = useAct();

  async function submit(event: FormEvent<HTMLFormElement>) {
    event.preventDefault();
    const form = new FormData(event.currentTarget);
    const detail = String(form.get("detail") ?? "");
    const named = { address: String(form.get("address") ?? ""), ...given({ detail }) };
    const added = await once(named, (asked) => client.suppressions.add.mutate(asked));
    if (!added) return;
    toast({ title: `${added.address} gets no mail any more` });
    onClose();
  }

  return (
    <Dialog open onOpenChange={(open) => !open && onClose()} title="Send an address no mail">
      <form onSubmit={submit} className="flex flex-col gap-5">
        <Field label="Address" error={failure?.fields.address}>
          <Input name="address" type="email" required maxLength={254} autoComplete="off" autoFocus />
        </Field>
        <Field label="Why (optional)" error={failure?.fields.detail}>
          <Input name="detail" maxLength={500} autoComplete="off" />
        </Field>
        <FailureNote failure={failure} />
        <DialogButtons>
          <Button onClick={onClose}>Cancel</Button>
          <Button type="submit" variant="primary" disabled={busy}>
            Add
          </Button>
        </DialogButtons>
      </form>
    </Dialog>
  );
}
