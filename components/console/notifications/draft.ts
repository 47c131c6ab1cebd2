import { readObject } from "../json-field.tsx";
import { readIds } from "../read-ids.ts";
import type { Inputs, useTRPCClient } from "../trpc.ts";
import { asInBox } from "../typed-name.ts";
import type { KeyedDraft } from "./unsent-drafts.ts";

export const priorities = ["Low", "Normal", "High", "Urgent"] as const;

/** To whom; `target` is what names them. */
export const audiences = [
  { value: "user", label: "One user", target: "User's id", field: "userId" },
  { value: "users", label: "Several users", target: "Users' ids", field: "userIds" },
  { value: "topic", label: "A topic", target: "Topic", field: "topic" },
  { value: "chat", label: "A chat's members", target: "Chat's id", field: "chatId" },
  { value: "everyone", label: "Everyone", target: undefined, field: "everyone" },
] as const;

/** By whose clock a time counts: each recipient's own, or one zone for all. */
export const theirClock = "theirs";

export interface Draft {
  audience: (typeof audiences)[number]["value"];
  target: string;
  email: string;
  type: string;
  /** Empty for the category's. */
  priority: (typeof priorities)[number] | "";
  /** Name of the template that says it; empty for one's own words. */
  template: string;
  /** JSON */
  variables: string;
  subject: string;
  message: string;
  html: string;
  /** JSON */
  metadata: string;
  /** `2026-12-01T09:00`; empty for now. */
  at: string;
  zone: string;
}

export const emptyDraft: Draft = {
  audience: "user",
  target: "",
  email: "",
  type: "General",
  priority: "",
  template: "",
  variables: "",
  subject: "",
  message: "",
  html: "",
  metadata: "",
  at: "",
  zone: theirClock,
};

type Looked = Exclude<Inputs["notifications"]["preview"], void>;

/** What it says, as both the preview and the call take it; undefined while its JSON is none. */
export function wordsOf(draft: Draft): Looked | undefined {
  const { type, priority, template, subject, message, html } = draft;
  const variables = readObject(draft.variables);
  if (!variables) return undefined;
  const kind = { ...(type ? { type } : {}), ...(priority ? { priority } : {}) };
  if (template) return { ...kind, template, ...(draft.variables.trim() ? { variables } : {}) };
  return { ...kind, subject, message, ...(html ? { htmlContent: html } : {}) };
}

/** Sends it; of one the id of the notification, of many of the batch. */
export async function sendDraft(client: ReturnType<typeof useTRPCClient>, { draft, idempotencyKey }: KeyedDraft) {
  const metadata = readObject(draft.metadata) ?? {};
  const content = {
    ...wordsOf(draft),
    ...(draft.metadata.trim() ? { metadata } : {}),
    ...timeOf(draft.at, draft.zone),
    idempotencyKey,
  };
  const target = draft.target.trim();
  if (draft.audience === "user") {
    const email = draft.email ? { email: draft.email } : {};
    const { id } = await client.notifications.create.mutate({ userId: target, ...email, ...content });
    return { kind: "one" as const, id };
  }
  const audience = {
    users: { userIds: readIds(target) },
    topic: { topic: target },
    chat: { chatId: target },
    everyone: { everyone: true },
  }[draft.audience];
  const { id } = await client.batches.create.mutate({ ...audience, ...content });
  return { kind: "many" as const, id };
}

export interface Said {
  subject: string;
  /** Undefined where it is not known: then it is left alone. */
  message?: string | undefined;
}

/** Which words somebody has changed. They are compared as boxes hold them: a change of the time alone takes no line break away. */
export function newWords(began: Said, said: Said): { subject?: string; message?: string } {
  const { subject, message } = said;
  const hasOther = message !== undefined && began.message !== undefined && asLines(message) !== asLines(began.message);
  return {
    ...(asInBox(subject) === asInBox(began.subject) ? {} : { subject }),
    ...(hasOther ? { message } : {}),
  };
}

/** As a box of several lines holds it. */
function asLines(text: string): string {
  return text.replace(/\r\n?/g, "\n");
}

/** A time of a form as calls take it: by the recipients' clocks, or the instant at which a clock of the zone shows it. */
export function timeOf(at: string, zone: string): { scheduledForLocal?: string; scheduledFor?: string } {
  if (at === "") return {};
  return zone === theirClock ? { scheduledForLocal: at } : { scheduledFor: instantIn(at, zone) };
}

/** The first instant at which a clock of the zone shows it; of a time that the clocks jump over, as much later as they jump. */
function instantIn(local: string, zone: string): string {
  const wanted = Date.parse(`${local}Z`);
  const [early = 0, late = 0] = [-dayMs, dayMs]
    .map((near) => wanted - aheadBy(wanted + near, zone))
    .sort((a, b) => a - b);
  const shown = [early, late].find((instant) => instant + aheadBy(instant, zone) === wanted);
  return new Date(shown ?? late).toISOString();
}

const dayMs = 86_400_000;

/** ms that clocks of a zone are ahead of UTC at an instant. */
function aheadBy(instant: number, zone: string): number {
  const shown = new Intl.DateTimeFormat("sv-SE", { timeZone: zone, dateStyle: "short", timeStyle: "medium" });
  return Date.parse(`${shown.format(instant).replace(" ", "T")}Z`) - Math.floor(instant / 1000) * 1000;
}
