import type { Outgoing } from "../../client/message-log.ts";
import type { Message } from "../../client/types.ts";

export type TimelineRow =
  | { kind: "earlier"; key: "earlier" }
  | { kind: "start"; key: "start" }
  | { kind: "later"; key: "later" }
  | { kind: "day"; key: string; at: string }
  | { kind: "unread"; key: "unread" }
  | {
      kind: "message";
      key: string;
      message: Message;
      own: boolean;
      leads: boolean;
      quoted?: Message | "unknown" | undefined;
    }
  | { kind: "outgoing"; key: string; item: Outgoing };

export interface RowsInput {
  messages: readonly Message[];
  outbox: readonly Outgoing[];
  me: string;
  /** Before the first message of others after this seq stands the separator; undefined for none. */
  unreadAfter: number | undefined;
  /** What stands above the oldest message that is here. */
  top: "start" | "earlier" | "nothing";
  /** Below the newest that is here there are others, which are not. */
  hasLater: boolean;
}

const RUN_LASTS_MS = 5 * 60_000;

/** The list as it is drawn: messages in runs of one author, a line before each local day, and one before what was unread at entry. */
export function timelineRows({ messages, outbox, me, unreadAfter, top, hasLater }: RowsInput): TimelineRow[] {
  const rows: TimelineRow[] = top === "nothing" ? [] : [{ kind: top, key: top } as TimelineRow];
  const replied = new Set(messages.flatMap(({ replyToId }) => replyToId ?? []));
  const quotable = new Map(messages.filter(({ id }) => replied.has(id)).map((message) => [message.id, message]));
  // Where what is before it is not here, it begins before what is.
  const isUnreadHere = unreadAfter !== undefined && (messages[0]?.seq ?? 0) <= unreadAfter + 1;
  let unreadLeft = isUnreadHere ? unreadAfter : undefined;
  /** The first of the run that goes on. */
  let first: Message | undefined;
  let beforeDay = "";
  for (const message of messages) {
    const own = message.senderId === me;
    const day = new Date(message.createdAt).toDateString();
    const newDay = day !== beforeDay;
    // A day may come twice: messages are in the order of the log, and a clock may be set back about midnight.
    if (newDay) rows.push({ kind: "day", key: `day ${day} ${message.id}`, at: message.createdAt });
    const isFirstUnread = unreadLeft !== undefined && message.seq > unreadLeft && !own;
    if (isFirstUnread) {
      rows.push({ kind: "unread", key: "unread" });
      unreadLeft = undefined;
    }
    const leads = newDay || isFirstUnread || first === undefined || !isOfRun(first, message);
    if (leads) first = message;
    rows.push({
      kind: "message",
      // Under the id of one's own it was drawn as unsent; those of others may be the same.
      key: (own ? message.clientMessageId : undefined) ?? message.id,
      message,
      own,
      leads,
      quoted: quotedOf(message, quotable),
    });
    beforeDay = day;
  }
  if (hasLater) rows.push({ kind: "later", key: "later" });
  else for (const item of outbox) rows.push({ kind: "outgoing", key: item.clientMessageId, item });
  return rows;
}

/**
 * Where a link to a message leads: its row, or the next one's where it is not drawn; "end" of a chat that has no such message yet; undefined
 * while it is on its way.
 */
export function landingOf(rows: readonly TimelineRow[], seq: number, lastSeq: number): number | "end" | undefined {
  const at = rows.findIndex((row) => row.kind === "message" && row.message.seq >= seq);
  if (at >= 0) return at;
  return seq > lastSeq ? "end" : undefined;
}

/** The newest message down to the row at `end`; 0 for none. */
export function lastVisibleSeq(rows: readonly TimelineRow[], end: number): number {
  for (let at = Math.min(end, rows.length - 1); at >= 0; at--) {
    const row = rows[at];
    if (row?.kind === "message") return row.message.seq;
  }
  return 0;
}

function quotedOf({ replyToId }: Message, quotable: Map<string, Message>): Message | "unknown" | undefined {
  return replyToId === undefined ? undefined : (quotable.get(replyToId) ?? "unknown");
}

function isOfRun(first: Message, message: Message): boolean {
  const apart = Date.parse(message.createdAt) - Date.parse(first.createdAt);
  return first.senderId === message.senderId && apart < RUN_LASTS_MS && !message.replyToId;
}
