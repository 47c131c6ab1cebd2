"use client";

import { useState } from "react";
import { Badge } from "../../ui/badge.tsx";
import { Button } from "../../ui/button.tsx";
import { ConfirmDialog } from "../../ui/dialog.tsx";
import { useAct } from "../act.tsx";
import { useConsole } from "../console-context.ts";
import { FailureNote } from "../failure-note.tsx";
import { useTRPCClient } from "../trpc.ts";
import { ProgressBar } from "./progress-bar.tsx";
import { TaskDownload } from "./task-download.tsx";
import { percentOf, sayProgress, type Task, taskName } from "./task-words.ts";

const tones = { waiting: "plain", running: "accent", done: "good", failed: "bad", cancelled: "warn" } as const;

export function TaskState({ task }: { task: Task }) {
  return <Badge tone={tones[task.status]}>{task.status}</Badge>;
}

/** How far a task is; told to those who do not see it at every quarter only, and how it ended. */
export function TaskProgress({ task }: { task: Task }) {
  const percent = percentOf(task);
  const ended = task.status === "failed" || task.status === "cancelled";
  return (
    <span className="flex min-w-32 items-center gap-2">
      {ended ? (
        <span className="text-muted">{task.error ?? "stopped"}</span>
      ) : (
        <>
          <ProgressBar label={`Progress of ${taskName(task)}`} percent={percent} />
          <span className="whitespace-nowrap text-muted text-xs tabular-nums">{percent} %</span>
        </>
      )}
      <span role="status" className="sr-only">
        {sayProgress(task)}
      </span>
    </span>
  );
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
      <TaskDownload task={task} disabled={busy} />
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
