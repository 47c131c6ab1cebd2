import { expect, test } from "vitest";
import { newChatState } from "../../client/chat-state.ts";
import { emptyState, reduce, type State } from "../../client/state.ts";
import type { Chat, Message } from "../../client/types.ts";
import { caughtUp, seenOf } from "./caught-up.ts";

function chatsAt(seqs: Record<string, number>): Pick<State, "chats"> {
  const chat = (id: string, lastSeq: number) => newChatState("ada", { id, lastSeq, lastReadSeq: 0 } as Chat);
  return { chats: Object.fromEntries(Object.entries(seqs).map(([id, seq]) => [id, chat(id, seq)])) };
}

test("what was caught up is what came in one's chats, and no chat that one is in since, or no more", () => {
  const before = seenOf(chatsAt({ pier: 5, deck: 30 }));
  expect(caughtUp(before, chatsAt({ pier: 7, deck: 30 }))).toBe(2);
  expect(caughtUp(before, chatsAt({ pier: 6 }))).toBe(1);
  expect(caughtUp(seenOf(chatsAt({ pier: 5 })), chatsAt({ pier: 5, lounge: 5_000 }))).toBe(0);
});

test("what was caught up grows as it comes, and one's own words that waited are none of it", () => {
  let state = { ...emptyState("ada"), ...chatsAt({ pier: 0 }) };
  state = reduce(state, { type: "log", chatId: "pier", action: { type: "loaded", page: [] } });
  const before = seenOf(state);
  const come = (seq: number, senderId: string) => {
    const message = { id: `m${seq}`, chatId: "pier", seq, senderId, content: "" } as Message;
    state = reduce(state, { type: "log", chatId: "pier", action: { type: "seen", message } });
    return caughtUp(before, state);
  };
  const said = ["ben", "ben", "ada", "ada", "ben"].map((sender, at) => come(at + 1, sender));
  expect(said).toEqual([1, 2, 2, 2, 3]);
});
