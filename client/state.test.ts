import { expect, test } from "vitest";
import { applyToChat, newChatState, withMembers } from "./chat-state.ts";
import { emptyState, reduce } from "./state.ts";
import type { Chat, LiveEvent, Member, Presence } from "./types.ts";

test("an answer about presence does not undo what events have said since it was asked for", () => {
  const known = reduce(emptyState("ada"), { type: "presence-known", presence: [of("ben", "online")], before: {} });
  const left = reduce(known, { type: "event", event: { type: "presence", data: { ...of("ben", "offline") } }, now: 0 });
  const presence = [of("ben", "online"), of("cleo", "away")];
  const answered = reduce(left, { type: "presence-known", presence, before: known.presence });
  expect(answered.presence).toEqual({ ben: of("ben", "offline"), cleo: of("cleo", "away") });
  const askedAnew = reduce(left, { type: "presence-known", presence, before: left.presence });
  expect(askedAnew.presence.ben).toEqual(of("ben", "online"));
});

test("how far another has read is the furthest that an event or the list of members says", () => {
  const chat = newChatState("ada", { id: "c", lastSeq: 9 } as Chat);
  const member = (userId: string, lastReadSeq: number) => ({ userId, lastReadSeq }) as Member;
  const heard = (["ben", "cleo"] as const).reduce(
    (state, userId) => applyToChat(state, { type: "receipt", data: { chatId: "c", userId, seq: 5 } } as LiveEvent, 0),
    chat,
  );
  const loaded = withMembers(heard, [member("ada", 9), member("ben", 3), member("cleo", 7), member("dan", 2)], 0);
  expect(loaded.reads).toEqual({ ben: 5, cleo: 7, dan: 2 });
});

function of(userId: string, state: "online" | "away" | "offline"): Presence {
  return { userId, state } as Presence;
}
