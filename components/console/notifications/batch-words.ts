import type { Answers } from "../trpc.ts";

export type Batch = Answers["batches"]["get"];

export const batchStates = ["scheduled", "running", "done", "cancelled", "failed"] as const;

export const toneOf: Record<Batch["status"], "plain" | "good" | "warn" | "bad"> = {
  scheduled: "plain",
  running: "warn",
  done: "good",
  cancelled: "plain",
  failed: "bad",
};

export function audienceOf({ audience, topic, chatId }: Batch): string {
  if (audience === "topic") return `topic ${topic}`;
  if (audience === "chat") return `chat ${chatId?.slice(0, 8)}…`;
  return audience === "users" ? "a list" : audience;
}

/** It is made for everybody, and comes to some only when their own clock says so: until then it can be cancelled. */
export function isReady({ status, scheduledForLocal: local }: Batch): boolean {
  return status === "done" && local !== undefined && Date.now() < Date.parse(`${local.replace(" ", "T")}-12:00`);
}
