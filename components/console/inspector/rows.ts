import type { Answers } from "../trpc.ts";

type Frame = Answers["frames"]["list"]["data"][number];
type Event = Answers["events"]["list"]["data"][number];

/** A line of the inspector: an event of the log, or a frame on a wire. */
export interface Row {
  id: string;
  at: string;
  kind: string;
  /** Its name in its protocol, in a few words. */
  what: string;
  protocol?: string | undefined;
  userId?: string | undefined;
  chatId?: string | undefined;
  connectionId?: string | undefined;
  /** What is searched, and shown when it is opened. */
  text: string;
  /** In the list, instead of the text's beginning. */
  preview?: string | undefined;
  cut?: boolean | undefined;
}

export interface RowFilter {
  kind: string | null;
  user: string | null;
  chat: string | null;
  text: string | null;
}

/** So many lines stay; older ones go. */
export const mostRows = 500;

let made = 0;

export function rowOfFrame(frame: Frame): Row {
  const { at, kind, protocol, userId, connectionId, text = "", cut, count } = frame;
  const what = kind === "skipped" ? `${count} frames came too fast to be shown` : (nameIn(text) ?? textOfKind[kind]);
  const chatId = /"chatId\\*":\\*"([0-9a-f-]{36})/.exec(text)?.[1] ?? /-chat-([0-9a-f-]{36})/.exec(text)?.[1];
  return { id: `f${made++}`, at, kind: kindOf(frame), what, protocol, userId, chatId, connectionId, text, cut };
}

export function rowOfEvent(event: Event): Row {
  const { eventId, at, type, chatId, data } = event;
  const userId = data.senderId ?? data.userId;
  return {
    id: eventId,
    at,
    kind: type.split(".", 1)[0] ?? type,
    what: type,
    userId: typeof userId === "string" ? userId : undefined,
    chatId,
    text: JSON.stringify(event),
    preview: previewOf(data),
  };
}

/** What people said, where they said something. */
function previewOf(data: Record<string, unknown>): string {
  const said = data.content ?? data.subject;
  return typeof said === "string" ? said : JSON.stringify(data);
}

/** Whether a line is what is looked for; of kinds, users and chats the beginning is enough. */
export function fits(row: Row, { kind, user, chat, text }: RowFilter): boolean {
  if (kind && row.kind !== kind) return false;
  if (user && row.userId !== user) return false;
  if (chat && row.chatId !== chat) return false;
  const wanted = text?.toLowerCase();
  return !wanted || `${row.what} ${row.connectionId ?? ""} ${row.text}`.toLowerCase().includes(wanted);
}

/** Each message of a frame, indented; what is no JSON as it is. */
export function prettyOf(text: string): string {
  return text
    .split("\n")
    .map((line) => {
      try {
        return JSON.stringify(JSON.parse(line), null, 2);
      } catch {
        return line;
      }
    })
    .join("\n");
}

/** A subscription is a frame of its own kind, for who looks for them. */
function kindOf({ kind, text = "" }: Frame): string {
  if (kind !== "in") return kind;
  return /"event":"pusher:(?:un)?subscribe"|"method":"subscription|"target":"Subscribe/.test(text) ? "subscribe" : kind;
}

const textOfKind: Record<Frame["kind"], string> = {
  connect: "connected",
  identify: "became a user's",
  disconnect: "gone",
  in: "from the client",
  out: "to the client",
  skipped: "",
};

/** SignalR's target, Pusher's event, tRPC's path; else SignalR's number of a kind in words. */
function nameIn(text: string): string | undefined {
  const named = /"(?:target|event|path)":"([^"]{1,80})"/.exec(text)?.[1];
  if (named !== undefined) return named;
  const type = /^\{"type":(\d)/.exec(text)?.[1];
  const packed = /^\[(\d),/.exec(text)?.[1];
  const words: Record<string, string> = { 2: "item", 3: "answer", 5: "cancel", 6: "ping", 7: "close", 8: "ack" };
  if (packed === "1") return /^\[1,[^[]*?"([A-Za-z]{2,60})"/.exec(text)?.[1];
  return words[type ?? packed ?? ""] ?? (text.startsWith('{"protocol"') ? "handshake" : undefined);
}
