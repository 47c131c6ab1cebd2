import type { Answers } from "../trpc.ts";

export type Task = Answers["tasks"]["get"];

const kindNames = {
  "export-chat": "Export of a chat",
  "export-user": "Export of a person",
  "erase-user": "Erasure of a person",
};

export function taskName({ kind }: Pick<Task, "kind">): string {
  return kindNames[kind] ?? kind;
}

export function percentOf({ status, progress: { done, total } }: Pick<Task, "status" | "progress">): number {
  if (status === "done") return 100;
  return total === 0 ? 0 : Math.min(99, Math.floor((100 * done) / total));
}

/** The same words until the next quarter is reached, whenever somebody looks: what is read out is what changes. */
export function sayProgress(task: Pick<Task, "kind" | "status" | "progress" | "error">): string {
  const name = taskName(task);
  if (task.status === "failed") return `${name} failed${task.error ? `: ${task.error}` : ""}`;
  if (task.status === "cancelled") return `${name} was cancelled`;
  return `${name}: ${Math.floor(percentOf(task) / 25) * 25} %`;
}

export function sizeOf(bytes: number): string {
  if (bytes < 1024 ** 2) return `${Math.max(1, Math.round(bytes / 1024))} KiB`;
  return `${(bytes / 1024 ** 2).toFixed(1)} MiB`;
}
