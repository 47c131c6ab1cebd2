import { describe, expect, it } from "vitest";
import { reduceLog } from "./message-log.ts";
import { applyEvent, emptyRoom, type Room, unreadCount, withMembers, withoutStaleTyping } from "./room.ts";
import type { Message, MessagingEvent } from "./types.ts";

const NOW = 1_000_000;

function opened(): Room {
  const room = emptyRoom("ada");
  return { ...room, log: reduceLog(room.log, { type: "loaded", page: [] }) };
}

function said(seq: number, senderId: string, more: Partial<Message> = {}): MessagingEvent {
  const createdAt = new Date(NOW).toISOString();
  const payload: Message = { id: `m${seq}`, chatId: "c", seq, content: "hello", senderId, createdAt, ...more };
  return { type: "Chat", id: payload.id, parentId: "c", seq, eventId: `e${seq}`, payload };
}

function roomAfter(events: MessagingEvent[], start = opened()): Room {
  return events.reduce((room, event) => applyEvent(room, event, NOW), start);
}

const typing: MessagingEvent = { type: "Typing", payload: { chatId: "c", userId: "ben" } };

describe("applying events", () => {
  it("ends in the same room when durable events come twice", () => {
    const events = [said(1, "ben"), said(2, "ada"), said(3, "ben")];
    expect(roomAfter([...events, ...events])).toEqual(roomAfter(events));
  });

  it("counts what others said after one's read position, but no tombstone", () => {
    const room = roomAfter([
      said(1, "ben"),
      said(2, "ada"),
      said(3, "ben"),
      said(4, "ben", { deletedAt: "2026-01-01T00:00:00Z" }),
    ]);
    expect(unreadCount(room)).toBe(2);
    expect(unreadCount(roomAfter([{ type: "Read", payload: { chatId: "c", userId: "ada", seq: 2 } }], room))).toBe(1);
  });

  it("ends typing by a message or by the clock", () => {
    const room = roomAfter([typing]);
    expect(Object.keys(room.typing)).toEqual(["ben"]);
    expect(roomAfter([said(1, "ben")], room).typing).toEqual({});
    expect(withoutStaleTyping(room, NOW + 1).typing).toHaveProperty("ben");
    expect(withoutStaleTyping(room, NOW + 10_000).typing).toEqual({});
  });

  it("keeps a read position heard live when an older member list comes in later", () => {
    const live = roomAfter([{ type: "Receipt", payload: { chatId: "c", userId: "ben", seq: 7 } }]);
    expect(
      withMembers(live, [
        { userId: "ben", lastReadSeq: 3 },
        { userId: "cy", lastReadSeq: 2 },
      ]).reads,
    ).toEqual({ ben: 7, cy: 2 });
  });

  it("ignores kinds it does not know", () => {
    const room = opened();
    expect(applyEvent(room, { type: "Position", eventId: "e9" }, NOW)).toBe(room);
  });
});
