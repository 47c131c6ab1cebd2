import { expect, test } from "vitest";
import { newChatState } from "../../client/chat-state.ts";
import { reduceLog } from "../../client/message-log.ts";
import type { Chat, Message } from "../../client/types.ts";
import { unreadSnapshot } from "./use-unread-snapshot.ts";

/** A chat with a hundred messages of which so many are read, and loaded from one on. */
function chatWith(read: number, from: number, last = 100) {
  const chat = { id: "c", lastSeq: last, lastReadSeq: read, unreadCount: last - read } as Chat;
  const page = Array.from({ length: last - from + 1 }, (_, at) => ({ id: `m${at}`, seq: from + at }) as Message);
  const state = newChatState("ada", chat);
  return { ...state, log: reduceLog(state.log, { type: "loaded", page }) };
}

test("what was unread at entry stays said while it is read, until a gap leaves more of it than is loaded", () => {
  const entered = unreadSnapshot(chatWith(90, 51), undefined);
  expect(entered).toMatchObject({ after: 90, count: 10 });
  expect(unreadSnapshot(chatWith(95, 51), entered)).toBe(entered);
  const gap = unreadSnapshot(chatWith(100, 401, 600), unreadSnapshot(chatWith(100, 51), entered));
  expect(gap).toMatchObject({ after: 100, count: 500 });
  // Read on from there, which loads the rest in the end.
  expect(unreadSnapshot(chatWith(150, 401, 600), gap)).toBe(gap);
  expect(unreadSnapshot(chatWith(500, 90, 600), gap)).toMatchObject({ after: 100, count: 500 });
});
