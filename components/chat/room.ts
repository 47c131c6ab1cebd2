import type { Link } from "./hub.ts";
import { emptyLog, type MessageLog, reduceLog } from "./message-log.ts";
import type { Member, Message, MessagingEvent, Presence } from "./types.ts";

/** All that one person's pane shows. */
export interface Room {
  phase: "loading" | "ready" | "failed";
  problem?: string;
  link: Link;
  log: MessageLog;
  /** Cursor of the next older page; null at the start of the conversation. */
  earlier: string | null;
  members: readonly Member[];
  /** Read position by user id. */
  reads: Readonly<Record<string, number>>;
  /** Until when (milliseconds, this page's clock) each user counts as typing. */
  typing: Readonly<Record<string, number>>;
  presence: Readonly<Record<string, Presence>>;
}

export const TYPING_LASTS_MS = 5_000;

export function emptyRoom(me: string): Room {
  return {
    phase: "loading",
    link: "connecting",
    log: emptyLog(me),
    earlier: null,
    members: [],
    reads: {},
    typing: {},
    presence: {},
  };
}

/** One event of the hub applied to what is known. Applying a durable event twice changes nothing. */
export function applyEvent(room: Room, event: MessagingEvent, now: number): Room {
  switch (event.type) {
    case "Chat":
    case "MessageEdited":
    case "MessageDeleted":
      return applyMessage(room, event.payload as Message);
    case "Read":
    case "Receipt": {
      const { userId, seq } = event.payload as { userId: string; seq: number };
      return { ...room, reads: { ...room.reads, [userId]: seq } };
    }
    case "Typing": {
      const { userId } = event.payload as { userId: string };
      return { ...room, typing: { ...room.typing, [userId]: now + TYPING_LASTS_MS } };
    }
    case "Presence":
      return withPresence(room, [event.payload as Presence]);
    default:
      return room;
  }
}

export function withPresence(room: Room, people: readonly Presence[]): Room {
  return { ...room, presence: { ...room.presence, ...Object.fromEntries(people.map((one) => [one.userId, one])) } };
}

export function withMembers(room: Room, members: readonly Member[]): Room {
  const reads = Object.fromEntries(members.map(({ userId, lastReadSeq }) => [userId, lastReadSeq ?? 0]));
  return { ...room, members, reads: { ...reads, ...room.reads } };
}

/** Messages of others after one's read position, as far as they are loaded. */
export function unreadCount({ log, reads }: Room): number {
  const read = reads[log.me] ?? 0;
  return log.messages.filter(({ seq, senderId, deletedAt }) => seq > read && senderId !== log.me && !deletedAt).length;
}

function applyMessage(room: Room, message: Message): Room {
  // What somebody says ends their "is typing" at once.
  const { [message.senderId]: _, ...typing } = room.typing;
  return { ...room, typing, log: reduceLog(room.log, { type: "seen", message }) };
}

/** Typing is never taken back by an event: it ends when nobody renews it. */
export function withoutStaleTyping(room: Room, now: number): Room {
  const typing = Object.fromEntries(Object.entries(room.typing).filter(([, until]) => until > now));
  return { ...room, typing };
}

export function nameOf(room: Room, userId: string): string {
  return profileOf(room, userId)?.displayName ?? userId;
}

export function avatarOf(room: Room, userId: string): string | null | undefined {
  return profileOf(room, userId)?.avatarUrl;
}

function profileOf({ members }: Room, userId: string): Member["user"] {
  return members.find((member) => member.userId === userId)?.user;
}
