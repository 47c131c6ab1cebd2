import { expect, test } from "vitest";
import { changesOf } from "./chats/chat-changes.ts";
import { asDrawn, isTyped } from "./typed-name.ts";

test("a name with blanks and line breaks is typed as it is drawn, and not otherwise", () => {
  expect(isTyped("Team North", "Team  North")).toBe(true);
  expect(isTyped("Team  North", "Team  North")).toBe(true);
  expect(isTyped(" A B ", "A\nB")).toBe(true);
  expect(isTyped("TeamNorth", "Team North")).toBe(false);
  expect(isTyped("team north", "Team North")).toBe(false);
  expect(isTyped("", "Team")).toBe(false);
  expect(asDrawn(" \n ")).toBe("");
});

test("a save of a chat sends what was changed, and leaves a name alone that its box cannot hold", () => {
  const chat = { name: "A\nB ", policy: "open", metadata: { line: 1 } } as const;
  const shown = { name: "AB", policy: "open", metadata: { line: 1 } } as const;
  expect(changesOf(chat, shown)).toEqual({});
  expect(changesOf(chat, { ...shown, metadata: { line: 2 } })).toEqual({ metadata: { line: 2 } });
  expect(changesOf(chat, { ...shown, policy: "moderated" })).toEqual({ policy: "moderated" });
  expect(changesOf(chat, { ...shown, name: "A B" })).toEqual({ name: "A B" });
  expect(changesOf({ ...chat, name: "Team  North" }, { ...shown, name: "Team North" })).toEqual({ name: "Team North" });
});
