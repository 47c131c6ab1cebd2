import type { TenantId } from "../../auth/principal.ts";
import type { Job } from "../../persistence/jobs.ts";
import { awayType } from "../categories/schema.ts";
import type { NewNotification } from "../notifications/store.ts";
import type { AwayMetadata, Quote } from "./schema.ts";

const minuteMs = 60_000;

/** The tenant's settings for members who are away, in minutes. */
export interface AwaySettings {
  enabled: boolean;
  minutes: number;
  pauseMinutes: number;
}

/** So many minutes later; earlier with a negative number. */
export function after(at: Date, minutes: number): Date {
  return new Date(at.getTime() + minutes * minuteMs);
}

/** The job that looks through a chat. One a chat: a new time takes the place of the old one. */
export function sweepJob(tenantId: TenantId, chatId: string, dueAt: Date): Job {
  return { task: "away", payload: { tenantId, chatId }, key: `away:${tenantId}:${chatId}`, runAt: dueAt };
}

/** The job that takes back what members of a chat were told; of all of them without a list. */
export function withdrawJob(tenantId: TenantId, chatId: string, of: { userIds?: string[]; deletedSeq?: number }): Job {
  return { task: "withdraw-away", payload: { tenantId, chatId, ...of } };
}

/** The job that puts what members were told of an edited message into its new words. One a message, however often it is edited. */
export function rewordJob(tenantId: TenantId, chatId: string, seq: number): Job {
  return { task: "reword-away", payload: { tenantId, chatId, seq }, key: `reword-away:${tenantId}:${chatId}:${seq}` };
}

/** What a member has not read of a chat, at a moment. */
export interface Unread {
  chat: { id: string; kind: string; name: string | null };
  fromSeq: number;
  toSeq: number;
  count: number;
  mentioned: boolean;
  quotes: Quote[];
}

/** What the member is told of it: one notification, whose mail quotes the last messages. */
export function writeNotice({ chat, fromSeq, toSeq, count, mentioned, quotes }: Unread): NewNotification["content"] {
  const last = quotes.at(-1);
  const chatName = chat.name ?? (chat.kind === "direct" ? (last?.sender ?? "somebody") : "a chat");
  const messages = count === 1 ? "1 unread message" : `${count >= 100 ? "100 or more" : count} unread messages`;
  const metadata: AwayMetadata = { chatId: chat.id, chatName, fromSeq, toSeq, count, mentioned, messages: quotes };
  return {
    type: awayType,
    subject: chat.kind === "direct" ? `${messages} from ${chatName}` : `${messages} in ${chatName}`,
    message: sayQuotes(quotes) || messages,
    priority: 1,
    metadata: { ...metadata },
    chatId: chat.id,
  };
}

/** What was said, a line a message. */
export function sayQuotes(quotes: Quote[]): string {
  return quotes.map(({ sender, text }) => `${sender}: ${text}`).join("\n");
}

/** The earlier of two times, of which any may be missing. */
export function earliest(...times: (Date | null | undefined)[]): Date | undefined {
  const known = times.flatMap((time) => (time ? [time.getTime()] : []));
  return known.length === 0 ? undefined : new Date(Math.min(...known));
}
