import type { Room } from "./room.ts";
import type { Message } from "./types.ts";

const RUN_LASTS_MS = 5 * 60_000;

export interface Row {
  message: Message;
  own: boolean;
  /** Set on the first message of a local day. */
  day: string | undefined;
  /** First of a run of messages by one author. */
  leads: boolean;
  /** Others who have read up to exactly here; only on the newest message that each has read. */
  seenBy: string[];
}

export function rowsOf(messages: readonly Message[], room: Room): Row[] {
  const newestOwn = messages.findLast(({ senderId }) => senderId === room.log.me)?.seq;
  return messages.map((message, at) => {
    const before = messages[at - 1];
    const day = before && dayOf(before) === dayOf(message) ? undefined : dayOf(message);
    const own = message.senderId === room.log.me;
    const leads = day !== undefined || before === undefined || !sameRun(before, message);
    return { message, own, day, leads, seenBy: message.seq === newestOwn ? readersOf(message.seq, room) : [] };
  });
}

function readersOf(seq: number, room: Room): string[] {
  const others = room.members.filter(({ userId }) => userId !== room.log.me);
  return others.map(({ userId }) => userId).filter((userId) => (room.reads[userId] ?? 0) >= seq);
}

function sameRun(before: Message, message: Message): boolean {
  const apart = Date.parse(message.createdAt) - Date.parse(before.createdAt);
  return before.senderId === message.senderId && apart < RUN_LASTS_MS;
}

function dayOf({ createdAt }: Message): string {
  return new Date(createdAt).toLocaleDateString(undefined, { weekday: "long", day: "numeric", month: "long" });
}
