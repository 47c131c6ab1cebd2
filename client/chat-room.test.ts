import { expect, test } from "vitest";
import type { Api } from "./api.ts";
import { ChatRoom, type RoomOptions } from "./chat-room.ts";
import { type Action, emptyState, reduce, type State } from "./state.ts";
import type { Chat, Message } from "./types.ts";

const LAST = 1_000;

/** A room of a chat with a thousand messages, and the pages it asks for. */
async function enter(answer: () => void = () => {}) {
  const asked: string[] = [];
  const lists = { ofMembers: 0 };
  let state: State = reduce(emptyState("ada"), { type: "chat-loaded", chat: { id: "c", lastSeq: LAST } as Chat });
  const call = async (name: string, which: { before?: string; limit?: number }) => {
    const { before = String(LAST + 1), limit = 0 } = which;
    if (name === "members.list") lists.ofMembers++;
    if (name !== "messages.list") return { body: { data: [] } };
    asked.push(before);
    answer();
    const newest = Number(before) - 1;
    const data = Array.from({ length: Math.min(limit, newest) }, (_, at) => messageOf(newest - at));
    const oldest = newest - data.length + 1;
    return { body: { data, nextCursor: oldest > 1 ? String(oldest) : null } };
  };
  const room = new ChatRoom("c", {
    ...{ api: { call } as unknown as Api, clientId: "one" },
    state: () => state,
    act: (action: Action) => {
      state = reduce(state, action);
    },
  } as unknown as RoomOptions);
  await room.open();
  return { room, asked, lists, oldest: () => room.messages()[0]?.seq ?? 0 };
}

function messageOf(seq: number): Message {
  return { id: `m${seq}`, chatId: "c", seq, content: "", senderId: "ben", createdAt: "", metadata: {} };
}

test("goes back page by page until a message is here", async () => {
  const { room, oldest } = await enter();
  await room.loadBackTo(100);
  expect(oldest()).toBeGreaterThan(0);
  expect(oldest()).toBeLessThanOrEqual(100);
});

test("stops on its way back once nobody wants it any more, and goes on from there", async () => {
  const gone = new AbortController();
  let pages = 0;
  const { room, asked, oldest } = await enter(() => {
    if (++pages === 3) gone.abort();
  });
  await room.loadBackTo(1, { signal: gone.signal });
  expect(asked.length).toBe(3);
  await room.loadBackTo(1);
  expect(oldest()).toBe(1);
  expect(new Set(asked).size).toBe(asked.length);
});

test("who has read is asked for again, once, where receipts may have been missed", async () => {
  const { room, lists } = await enter();
  room.catchUp();
  expect(lists.ofMembers).toBe(1);
  room.onLink("reconnecting");
  room.onLink("live");
  room.catchUp();
  room.catchUp();
  expect(lists.ofMembers).toBe(2);
});
