"use client";

import { useState } from "react";
import { Badge } from "../../ui/badge.tsx";
import { Button } from "../../ui/button.tsx";
import { ConfirmDialog } from "../../ui/dialog.tsx";
import { useAct } from "../act.tsx";
import { useConsole } from "../console-context.ts";
import { FailureNote } from "../failure-note.tsx";
import { type Answers, useTRPCClient } from "../trpc.ts";
import { saveTaskFile } from "./download.ts";

export type Task = Answers["tasks"]["get"];

const tones = { waiting: "plain", running: "accent", done: "good", failed: "bad", cancelled: "warn" } as const;

export function TaskState({ task }: { task: Task }) {
  return <Badge tone={tones[task.status]}>{task.status}</Badge>;
}

/** How far a task is; told to those who do not see it at every quarter only. */
export function TaskProgress({ task }: { task: Task }) {
  const { done, total } = task.progress;
  const percent = task.status === "done" ? 100 : total === 0 ? 0 : Math.min(99, Math.floor((100 * done) / total));
  const ended = task.status === "failed" || task.status === "cancelled";
  if (ended) return <span className="text-muted">{task.error ?? "stopped"}</span>;
  return (
    <span className="flex min-w-32 items-center gap-2">
      <span
        role="progressbar"
        aria-label={`Progress of ${taskName(task)}`}
        aria-valuenow={percent}
        className="h-1.5 w-24 overflow-hidden rounded-full bg-sunken"
      >
        <span className="block h-full bg-accent forced-colors:bg-[CanvasText]" style={{ width: `${percent}%` }} />
      </span>
      <span className="whitespace-nowrap text-muted text-xs tabular-nums">{percent} %</span>
      <span role="status" className="sr-only">
        {percent % 25 === 0 ? `${taskName(task)}: ${percent} %` : ""}
      </span>
    </span>
  );
}

const kindNames = {
  "export-chat": "Export of a chat",
  "export-user": "Export of a person",
  "erase-user": "Erasure of a person",
};

export function taskName({ kind }: Pick<Task, "kind">): string {
  return kindNames[kind];
}

/** What can be done with a task as it is now. */
export function TaskActs({ task }: { task: Task }) {
  const { manages } = useConsole();
  const { run, busy, failure } = useAct();
  const client = useTRPCClient();
  const [asks, setAsks] = useState(false);
  const { taskId, status, kind } = task;
  if (!manages) return null;
  const mayCancel = status === "waiting" || (status === "running" && kind !== "erase-user");
  const isOver = status !== "waiting" && status !== "running";
  const remove = () => void run(() => client.tasks.delete.mutate({ taskId }));
  return (
    <span className="flex flex-wrap justify-end gap-2 sm:justify-start">
      {task.file && (
        <Button size="sm" disabled={busy} onClick={() => void run(() => saveTaskFile(client, taskId))}>
          Download
        </Button>
      )}
      {mayCancel && (
        <Button size="sm" disabled={busy} onClick={() => void run(() => client.tasks.cancel.mutate({ taskId }))}>
          Cancel
        </Button>
      )}
      {isOver && (
        <Button
          size="sm"
          variant="ghost"
          disabled={busy}
          aria-label={`Remove ${taskName(task)} from the list`}
          onClick={() => (task.file ? setAsks(true) : remove())}
        >
          Remove
        </Button>
      )}
      <FailureNote failure={failure} />
      <ConfirmDialog
        open={asks}
        onOpenChange={setAsks}
        title={`Remove this ${taskName(task).toLowerCase()}?`}
        confirm="Remove it"
        onConfirm={remove}
      >
        <p>Its file is deleted with it. Download it first if you need it.</p>
      </ConfirmDialog>
    </span>
  );
}
