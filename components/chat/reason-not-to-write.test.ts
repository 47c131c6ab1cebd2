import { expect, test } from "vitest";
import { newChatState } from "../../client/chat-state.ts";
import type { Chat, Member } from "../../client/types.ts";
import { mutedUntil, reasonNotToWrite } from "./reason-not-to-write.ts";

const until = "2026-11-28T14:00:00.000Z";

function chatOf(more: Partial<Chat>) {
  const state = newChatState("ada", { id: "c", lastSeq: 0, role: "member", frozen: false, ...more } as Chat);
  const members = [{ userId: "ben" }, { userId: "ada", mutedUntil: until }] as Member[];
  return { ...state, members };
}

test("who is muted is told until when, and writes again once that is past", () => {
  const chat = chatOf({});
  expect(mutedUntil(chat)).toBe(until);
  expect(reasonNotToWrite(chat, false)).toMatch(/^You are muted here until /u);
  expect(reasonNotToWrite(chat, true)).toBeUndefined();
});

test("a frozen chat bars its members, and not those who moderate it", () => {
  expect(reasonNotToWrite(chatOf({ frozen: true }), true)).toMatch(/frozen/u);
  expect(reasonNotToWrite(chatOf({ frozen: true, role: "moderator" }), true)).toBeUndefined();
});
