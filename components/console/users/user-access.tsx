"use client";

import { useQuery } from "@tanstack/react-query";
import Link from "next/link";
import { type ReactNode, useState } from "react";
import { Button } from "../../ui/button.tsx";
import { ConfirmDialog } from "../../ui/dialog.tsx";
import { Field, Input } from "../../ui/field.tsx";
import { useToast } from "../../ui/toast.tsx";
import { useAct } from "../act.tsx";
import { useConsole } from "../console-context.ts";
import { FailureNote } from "../failure-note.tsx";
import { useLiveQuery } from "../live.ts";
import { QueryView } from "../query-view.tsx";
import { TaskActs, TaskProgress, TaskState } from "../tasks/task-row.tsx";
import { taskName } from "../tasks/task-words.ts";
import { useTRPC, useTRPCClient } from "../trpc.ts";
import { isTyped } from "../typed-name.ts";

/** A person's tokens and data: taken away, taken along, taken out. */
export function UserAccess({ userId }: { userId: string }) {
  const { manages } = useConsole();
  const client = useTRPCClient();
  const toast = useToast();
  const { run, once, busy, failure } = useAct();
  const [asks, setAsks] = useState(false);
  const revoke = async () => {
    if (await run(() => client.users.revoke.mutate({ userId })))
      toast({ title: "Every token issued so far is refused; connections close within 5 s" });
  };
  const exportUser = async () => {
    if (await once({ userId }, (asked) => client.users.export.mutate(asked)))
      toast({ title: "The export has started" });
  };
  return (
    <div className="divide-y divide-line px-4">
      <FailureNote failure={failure} className="my-3" />
      {manages && (
        <>
          <Act title="Revoke all tokens" text="Whoever issued them: the person signs in again, on every device.">
            <ConfirmDialog
              open={asks}
              onOpenChange={setAsks}
              title={`Revoke all tokens of ${userId}?`}
              confirm="Revoke them"
              onConfirm={() => void revoke()}
              trigger={<Button disabled={busy}>Revoke</Button>}
            >
              <p>Whoever has one is signed out and needs a new one. It cannot be taken back.</p>
            </ConfirmDialog>
          </Act>
          <Act
            title="Export everything"
            text="Profile, preferences, chats, messages, notifications and what was decided of them, as JSON lines."
          >
            <Button disabled={busy} onClick={() => void exportUser()}>
              Export
            </Button>
          </Act>
          <Erase userId={userId} />
        </>
      )}
      <TasksOf userId={userId} />
    </div>
  );
}

function Act({ title, text, children }: { title: string; text: string; children: ReactNode }) {
  return (
    <section aria-label={title} className="flex flex-wrap items-center justify-between gap-4 py-4">
      <div className="max-w-md">
        <h2 className="font-medium">{title}</h2>
        <p className="text-muted text-sm">{text}</p>
      </div>
      {children}
    </section>
  );
}

function Erase({ userId }: { userId: string }) {
  const client = useTRPCClient();
  const toast = useToast();
  const { run, busy, failure } = useAct();
  const [open, setOpen] = useState(false);
  const [typed, setTyped] = useState("");

  async function erase() {
    if (await run(() => client.users.erase.mutate({ userId, confirm: userId })))
      toast({ title: "The erasure has started" });
  }

  return (
    <Act
      title="Erase this person"
      text="Tokens are refused at once. Messages become tombstones, memberships end; notifications, preferences, deliveries and exports are deleted."
    >
      <ConfirmDialog
        open={open}
        onOpenChange={(now) => {
          setOpen(now);
          setTyped("");
        }}
        title={`Erase ${userId}?`}
        confirm="Erase for ever"
        barred={!isTyped(typed, userId)}
        onConfirm={() => void erase()}
        trigger={
          <Button variant="danger" disabled={busy}>
            Erase…
          </Button>
        }
      >
        <p>It cannot be stopped once it has begun, and not be undone.</p>
        <Field label={`Type ${userId}`}>
          <Input value={typed} onChange={(event) => setTyped(event.target.value)} autoComplete="off" />
        </Field>
      </ConfirmDialog>
      <FailureNote failure={failure} className="basis-full" />
    </Act>
  );
}

function TasksOf({ userId }: { userId: string }) {
  const { base } = useConsole();
  const trpc = useTRPC();
  const query = useQuery(trpc.tasks.list.queryOptions({ subject: userId, limit: 5 }, useLiveQuery("tasks.list")));
  return (
    <section aria-label="Tasks" className="py-4">
      <QueryView
        query={query}
        empty={{
          when: ({ data }) => data.length === 0,
          show: <p className="text-muted text-sm">Nothing was exported or erased in the last 7 days.</p>,
        }}
      >
        {({ data }) => (
          <ul className="space-y-3">
            {data.map((task) => (
              <li key={task.taskId} className="flex flex-wrap items-center gap-3 text-sm">
                <Link href={`${base}/tasks`} className="font-medium underline-offset-4 hover:underline">
                  {taskName(task)}
                </Link>
                <TaskState task={task} />
                <TaskProgress task={task} />
                <TaskActs task={task} />
              </li>
            ))}
          </ul>
        )}
      </QueryView>
    </section>
  );
}
