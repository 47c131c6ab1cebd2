"use client";

import { Button } from "../../ui/button.tsx";
import { useToast } from "../../ui/toast.tsx";
import { useAct } from "../act.tsx";
import { useTRPCClient } from "../trpc.ts";
import { downloads, useDownload } from "./downloads.ts";
import { ProgressBar } from "./progress-bar.tsx";
import { sizeOf, type Task, taskName } from "./task-words.ts";

const failed = "The file was not downloaded";

/** Hands the file of a task to the browser; a large one comes in many parts, which are counted, and can be stopped. */
export function TaskDownload({ task, disabled }: { task: Task; disabled: boolean }) {
  const client = useTRPCClient();
  const toast = useToast();
  const { run, busy, refusal } = useAct();
  const { taskId, file } = task;
  const share = useDownload(taskId);
  if (!file) return null;

  async function download() {
    // Nothing is changed by it, and somebody may be on another page by then.
    if (!(await run(() => downloads.start(client, taskId)))) toast(refusal(failed, failed));
  }

  const percent = Math.floor(100 * (share ?? 0));
  return (
    <>
      <Button size="sm" disabled={disabled || busy || share !== undefined} onClick={() => void download()}>
        Download
      </Button>
      {share !== undefined && (
        <span className="flex items-center gap-2">
          <ProgressBar label={`Download of ${taskName(task)}`} percent={percent} />
          <span className="whitespace-nowrap text-muted text-xs tabular-nums">
            {percent} % of {sizeOf(file.bytes)}
          </span>
          <Button size="sm" variant="ghost" aria-label="Stop the download" onClick={() => downloads.stop(taskId)}>
            Stop
          </Button>
        </span>
      )}
    </>
  );
}
