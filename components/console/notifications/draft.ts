import type { useTRPCClient } from "../trpc.ts";

export const priorities = ["Low", "Normal", "High", "Urgent"] as const;

/** To whom; `target` is what names them, in the form and `field` in the call. */
export const audiences = [
  { value: "user", label: "One user", target: "User's id", field: "userId" },
  { value: "topic", label: "A topic", target: "Topic's id", field: "topic" },
  { value: "chat", label: "A chat's members", target: "Chat's id", field: "chatId" },
  { value: "everyone", label: "Everyone", target: undefined, field: "everyone" },
] as const;

export interface Draft {
  audience: (typeof audiences)[number]["value"];
  target: string;
  email: string;
  type: string;
  priority: (typeof priorities)[number];
  subject: string;
  message: string;
  html: string;
  /** `2026-12-01T09:00` on each recipient's clock; empty for now. */
  at: string;
}

export const emptyDraft: Draft = {
  audience: "user",
  target: "",
  email: "",
  type: "General",
  priority: "Normal",
  subject: "",
  message: "",
  html: "",
  at: "",
};

/** Sends it; of one the id of the notification, of many of the batch. */
export async function sendDraft(client: ReturnType<typeof useTRPCClient>, draft: Draft, idempotencyKey: string) {
  const content = {
    type: draft.type,
    priority: draft.priority,
    subject: draft.subject,
    message: draft.message,
    ...(draft.html ? { htmlContent: draft.html } : {}),
    ...(draft.at ? { scheduledForLocal: draft.at } : {}),
    idempotencyKey,
  };
  if (draft.audience === "user") {
    const email = draft.email ? { email: draft.email } : {};
    const { id } = await client.notifications.create.mutate({ userId: draft.target, ...email, ...content });
    return { kind: "one" as const, id };
  }
  const target = draft.target.trim();
  const audience = { topic: { topic: target }, chat: { chatId: target }, everyone: { everyone: true } }[draft.audience];
  const { id } = await client.batches.create.mutate({ ...audience, ...content });
  return { kind: "many" as const, id };
}
