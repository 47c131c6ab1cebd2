import { expect, test } from "vitest";
import { nextRegion } from "./next-region.ts";

/** Where the key leads from each part, again and again. */
function round(there: { chats?: boolean; messages: boolean; box: boolean }): string[] {
  const way: string[] = [];
  let at: "chats" | "messages" | "elsewhere" = "chats";
  const to = (part: "chats" | "messages" | "box", isThere: boolean) => () => {
    if (isThere) {
      way.push(part);
      at = part === "box" ? "elsewhere" : part;
    }
    return isThere;
  };
  const { chats = true, messages, box } = there;
  for (let presses = 0; presses < 3; presses++)
    nextRegion(at, { chats: to("chats", chats), messages: to("messages", messages), box: to("box", box) });
  return way;
}

test("the key goes round the parts that are there, and comes back to the chats where one may not write", () => {
  expect(round({ messages: true, box: true })).toEqual(["messages", "box", "chats"]);
  expect(round({ messages: true, box: false })).toEqual(["messages", "chats", "messages"]);
  expect(round({ messages: false, box: true })).toEqual(["box", "chats", "box"]);
  expect(round({ messages: false, box: false })).toEqual(["chats", "chats", "chats"]);
});

test("where a phone shows no list beside the chat, the key goes between its messages and its box", () => {
  expect(round({ chats: false, messages: true, box: true })).toEqual(["messages", "box", "messages"]);
  expect(round({ chats: false, messages: false, box: false })).toEqual([]);
});
