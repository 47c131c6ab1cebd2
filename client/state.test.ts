import { describe, expect, test } from "vitest";
import { applyToChat, newChatState, withMembers } from "./chat-state.ts";
import type { LogAction } from "./message-log.ts";
import { type Action, emptyState, isSilent, reduce, type State } from "./state.ts";
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
  const loaded = withMembers(heard, {
    members: [member("ada", 9), member("ben", 3), member("cleo", 7), member("dan", 2)],
    more: null,
    changes: 0,
  });
  expect(loaded.reads).toEqual({ ben: 5, cleo: 7, dan: 2 });
});

test("what was written to a chat that is gone, and not sent, stays until it is given up or the chat is back", () => {
  const chat = { id: "c", lastSeq: 0 } as Chat;
  const unsent = (clientMessageId: string) => ({ clientMessageId, content: "hello" });
  const log = (action: LogAction) => ({ type: "log", chatId: "c", action }) as const;
  const gone = [
    { type: "chat-loaded", chat },
    log({ type: "queued", ...unsent("a") }),
    log({ type: "queued", ...unsent("b") }),
    { type: "event", event: { type: "member.removed", chatId: "c", data: { userId: "ada" } } as LiveEvent, now: 0 },
    { type: "chat-gone", chatId: "c" },
    { type: "undeliverable", chatId: "d", item: { ...unsent("d"), status: "waiting" } },
  ] satisfies Action[];
  const out = gone.reduce<State>(reduce, emptyState("ada"));
  expect(out.undeliverable).toMatchObject({ c: [unsent("a"), unsent("b")], d: [unsent("d")] });
  const discarded = reduce(out, log({ type: "discarded", clientMessageId: "a" }));
  expect(discarded.undeliverable).toMatchObject({ c: [unsent("b")] });
  const back = reduce(discarded, { type: "chat-loaded", chat });
  expect(back.chats.c?.log.outbox).toMatchObject([{ ...unsent("b"), status: "refused" }]);
  expect(Object.keys(back.undeliverable)).toEqual(["d"]);
});

describe("chats that are listed again after a gap", () => {
  const listed = { id: "c", lastSeq: 5, unreadCount: 0 } as Chat;
  const load = { type: "chat-loaded", chat: listed } satisfies Action;
  const hear = (type: string, data: object, eventId = "e9") =>
    ({ type: "event", event: { type, chatId: "c", eventId, data } as LiveEvent, now: 0 }) satisfies Action;
  const sixth = hear("message.created", { id: "m6", chatId: "c", seq: 6, senderId: "ben" });
  /** What is known once the list is here, of what was known before and what came while it was under way. */
  const reload = (known: Action[], meanwhile: Action[], chats = [listed]) => {
    const before = known.reduce<State>(reduce, emptyState("ada"));
    const now = meanwhile.reduce<State>(reduce, before);
    return reduce(now, { type: "chats-reloaded", chats, more: null, before });
  };

  test("one that was left or deleted while the list was under way is not shown, and is asked for", () => {
    for (const leave of [hear("member.removed", { userId: "ada" }), hear("chat.deleted", { id: "c" })]) {
      const { chats, wanted } = reload([load], [leave]);
      expect(chats).toEqual({});
      expect(wanted).toEqual({ c: 1 });
    }
    const joinedAnew = [hear("member.removed", { userId: "ada" }), hear("member.added", { userId: "ada" }), sixth];
    expect(reload([load], joinedAnew).wanted).toEqual({ c: 2 });
  });

  test("one that was gone before is there again where the list says so", () => {
    const { chats, wanted } = reload([{ type: "chat-gone", chatId: "c" }], []);
    expect(chats.c?.stale).toBe(false);
    expect(wanted).toEqual({});
  });

  test("one that there was news of meanwhile is asked for, also where it was not known before", () => {
    expect(reload([load], [sixth]).chats.c?.stale).toBe(true);
    expect(reload([], [sixth]).chats.c?.stale).toBe(true);
    expect(reload([sixth], [sixth]).chats.c?.stale).toBe(true);
    const sooner = { type: "chat-loaded", chat: { ...listed, lastSeq: 6 } } satisfies Action;
    expect(reload([], [sixth, sooner]).chats.c?.stale).toBe(true);
    for (const known of [[], [load], [sixth], [load, sixth]]) expect(reload(known, []).chats.c?.stale).toBe(false);
    expect(reload([load], [], []).chats.c?.stale).toBe(true);
  });

  test("the members of a direct chat that is not open are asked for only where one is not in it any more", () => {
    const direct = { ...listed, kind: "direct", memberCount: 2 } as Chat;
    const known: Action[] = [
      { type: "chat-loaded", chat: direct },
      {
        type: "members-loaded",
        chatId: "c",
        members: [{ userId: "ben", user: { userId: "ben" } } as Member],
        more: null,
        changes: 0,
      },
    ];
    expect(reload(known, [], [direct]).chats.c?.membersStale).toBe(false);
    const left = { ...direct, memberCount: 1 };
    expect(reload(known, [], [left]).chats.c?.membersStale).toBe(true);
    const notListed = reduce(reload(known, [], []), { type: "chat-loaded", chat: left });
    expect(notListed.chats.c?.membersStale).toBe(true);
  });
});

test("in a chat that is muted but for mentions only what mentions the person makes a sign, unless the mute is over", () => {
  const chatOf = (mute: "none" | "all" | "except-mentions", until?: string) =>
    ({ id: "c", notifications: { mute, until } }) as Chat;
  const [mentions, says] = [{ mentionUserIds: ["ben", "ada"] }, {}];
  const signs = (chat: Chat) => [mentions, says].map((message) => !isSilent(chat, message, "ada"));
  expect(signs(chatOf("none"))).toEqual([true, true]);
  expect(signs(chatOf("except-mentions"))).toEqual([true, false]);
  expect(signs(chatOf("all"))).toEqual([false, false]);
  expect(signs(chatOf("all", "2020-01-01T00:00:00Z"))).toEqual([true, true]);
});

function of(userId: string, state: "online" | "away" | "offline"): Presence {
  return { userId, state } as Presence;
}
