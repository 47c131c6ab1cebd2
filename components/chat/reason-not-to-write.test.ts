import { expect, test } from "vitest";
import type { Chat } from "../../client/types.ts";
import { reasonNotToWrite } from "./reason-not-to-write.ts";

function chatOf(more: Partial<Chat>) {
  const mutedUntil = "2026-11-28T14:00:00.000Z";
  return { id: "c", lastSeq: 0, role: "member", frozen: false, mutedUntil, ...more } as Chat;
}

test("who is muted is told until when, and writes again once that is past", () => {
  expect(reasonNotToWrite(chatOf({}), false)).toMatch(/^You are muted here until /u);
  expect(reasonNotToWrite(chatOf({}), true)).toBeUndefined();
});

test("a frozen chat bars its members, and not those who moderate it", () => {
  expect(reasonNotToWrite(chatOf({ frozen: true }), true)).toMatch(/frozen/u);
  expect(reasonNotToWrite(chatOf({ frozen: true, role: "moderator" }), true)).toBeUndefined();
});
