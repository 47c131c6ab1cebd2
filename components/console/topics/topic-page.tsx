"use client";

import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { UserPlus } from "lucide-react";
import { useRouter } from "next/navigation";
import { type FormEvent, useState } from "react";
import { Button } from "../../ui/button.tsx";
import { ConfirmDialog, Dialog, DialogButtons } from "../../ui/dialog.tsx";
import { EmptyState } from "../../ui/empty-state.tsx";
import { Field, Input, Textarea } from "../../ui/field.tsx";
import { useToast } from "../../ui/toast.tsx";
import { useAct } from "../act.tsx";
import { useConsole } from "../console-context.ts";
import { CursorPager, useCursor } from "../cursor-pager.tsx";
import { DataTable } from "../data-table.tsx";
import { FailureNote } from "../failure-note.tsx";
import { IdText } from "../id-text.tsx";
import { PageHeader } from "../page-header.tsx";
import { PersonText } from "../person-text.tsx";
import { QueryView } from "../query-view.tsx";
import { idsHint, readIds } from "../read-ids.ts";
import { sayCount } from "../say-count.ts";
import { type Answers, useTRPC, useTRPCClient } from "../trpc.ts";
import { useTitle } from "../use-title.ts";
import { When } from "../when.tsx";

/** One topic: who subscribes to it. */
export function TopicPage({ id }: { id: string }) {
  const { manages } = useConsole();
  const trpc = useTRPC();
  const query = useQuery(trpc.topics.get.queryOptions({ topicId: id }));
  useTitle(query.data?.name, "Topics");
  return (
    <QueryView query={query} title="Topic">
      {(topic) => (
        <>
          <PageHeader
            title={topic.name}
            lead={
              <span className="flex flex-wrap items-center gap-x-3 gap-y-1">
                <span>Who gets what is sent to this topic: {sayCount(topic.subscribers, "subscriber")}.</span>
                <IdText id={topic.id} what="id of the topic" />
              </span>
            }
            action={
              manages && (
                <div className="flex flex-wrap gap-2">
                  <RenameTopic topic={topic} />
                  <DeleteTopic topic={topic} />
                </div>
              )
            }
          />
          {manages && <AddSubscribers id={id} />}
          <Subscribers id={id} />
        </>
      )}
    </QueryView>
  );
}

function Subscribers({ id }: { id: string }) {
  const { manages } = useConsole();
  const trpc = useTRPC();
  const client = useTRPCClient();
  const toast = useToast();
  const { run, once, busy, failure, refusal } = useAct();
  const after = useCursor("name");
  const query = useQuery(
    trpc.topics.listSubscribers.queryOptions(
      { topicId: id, limit: 50, ...(after ? { after } : {}) },
      { placeholderData: keepPreviousData },
    ),
  );

  async function remove(userId: string) {
    if (!(await run(() => client.topics.unsubscribe.mutate({ topicId: id, userId })))) return;
    const undo = async () => {
      const asked = { topicId: id, userIds: [userId] };
      if (!(await once(asked, (again) => client.topics.subscribe.mutate(again))))
        toast(refusal(`${userId} is not added again`));
    };
    toast({
      title: `${userId} gets nothing of it any more`,
      action: { label: "Undo", onClick: () => void undo() },
    });
  }

  return (
    <>
      <FailureNote failure={failure} className="mb-4" />
      <QueryView
        query={query}
        empty={{
          when: ({ data }) => data.length === 0,
          show: (
            <EmptyState icon={UserPlus} title="Nobody subscribes to it yet">
              Add people above, or let your server do it.
            </EmptyState>
          ),
        }}
      >
        {(page) => (
          <>
            <DataTable
              label="Subscribers"
              columns={[
                {
                  header: "User",
                  cell: ({ userId, displayName }) => <PersonText userId={userId} name={displayName} />,
                },
                { header: "Since", cell: ({ createdAt }) => <When at={createdAt} /> },
                ...(manages
                  ? [
                      {
                        header: "Act",
                        cell: ({ userId }: { userId: string }) => (
                          <Button
                            size="sm"
                            disabled={busy}
                            aria-label={`Remove ${userId}`}
                            onClick={() => void remove(userId)}
                          >
                            Remove
                          </Button>
                        ),
                      },
                    ]
                  : []),
              ]}
              rows={page.data}
              idOf={({ userId }) => userId}
            />
            {"nextCursor" in page && <CursorPager nextCursor={page.nextCursor} order="name" />}
          </>
        )}
      </QueryView>
    </>
  );
}

function AddSubscribers({ id }: { id: string }) {
  const client = useTRPCClient();
  const toast = useToast();
  const { once, busy, failure } = useAct();

  async function add(event: FormEvent<HTMLFormElement>) {
    event.preventDefault();
    const form = event.currentTarget;
    const userIds = readIds(String(new FormData(form).get("userIds") ?? ""));
    const added = await once({ topicId: id, userIds }, (asked) => client.topics.subscribe.mutate(asked));
    if (!added) return;
    toast({ title: `${added.added} added, ${added.subscribers} in all` });
    form.reset();
  }

  return (
    <form onSubmit={add} className="mb-6 flex max-w-2xl flex-wrap items-end gap-3">
      <Field
        label="Add users"
        hint={`Their ids, ${idsHint}.`}
        error={failure?.fields.userIds}
        className="min-w-0 flex-1"
      >
        <Textarea name="userIds" required className="min-h-9" />
      </Field>
      <Button type="submit" disabled={busy} className="mb-6.5">
        Add
      </Button>
      <FailureNote failure={failure} className="w-full" />
    </form>
  );
}

function RenameTopic({ topic: { id, name, createdAt: onlyIf } }: { topic: Answers["topics"]["get"] }) {
  const client = useTRPCClient();
  const toast = useToast();
  const { run, busy, failure, forget } = useAct();
  const [asks, setAsks] = useState(false);
  const close = () => {
    setAsks(false);
    forget();
  };

  async function submit(event: FormEvent<HTMLFormElement>) {
    event.preventDefault();
    const wanted = String(new FormData(event.currentTarget).get("name") ?? "");
    if (!(await run(() => client.topics.put.mutate({ topicId: id, name: wanted, onlyIf })))) return;
    close();
    toast({ title: "Renamed" });
  }

  return (
    <>
      <Button onClick={() => setAsks(true)}>Rename</Button>
      {asks && (
        <Dialog open onOpenChange={(open) => !open && close()} title="Rename the topic">
          <form onSubmit={submit} className="flex flex-col gap-5">
            <Field label="Name" hint="Shown to people; the id stays." error={failure?.fields.name}>
              <Input name="name" defaultValue={name} required maxLength={200} autoComplete="off" autoFocus />
            </Field>
            <FailureNote failure={failure} />
            <DialogButtons>
              <Button onClick={close}>Cancel</Button>
              <Button type="submit" variant="primary" disabled={busy}>
                Rename
              </Button>
            </DialogButtons>
          </form>
        </Dialog>
      )}
    </>
  );
}

function DeleteTopic({ topic: { id, name } }: { topic: Answers["topics"]["get"] }) {
  const { base } = useConsole();
  const router = useRouter();
  const client = useTRPCClient();
  const { run, busy, failure } = useAct();
  const [asks, setAsks] = useState(false);

  async function remove() {
    if (await run(() => client.topics.delete.mutate({ topicId: id }), { leaves: true })) router.push(`${base}/topics`);
  }

  return (
    <>
      <Button variant="danger" disabled={busy} onClick={() => setAsks(true)}>
        Delete
      </Button>
      <FailureNote failure={failure} />
      <ConfirmDialog
        open={asks}
        onOpenChange={setAsks}
        title={`Delete ${name}?`}
        confirm="Delete"
        onConfirm={() => void remove()}
      >
        <p>Its subscriptions go with it. Sends to it are refused from then on.</p>
      </ConfirmDialog>
    </>
  );
}
