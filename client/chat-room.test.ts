import { expect, test } from "vitest";
import type { Api } from "./api.ts";
import { ChatRoom, type RoomOptions } from "./chat-room.ts";
import { type Action, emptyState, type Link, reduce, type State } from "./state.ts";
import type { Chat, Message } from "./types.ts";

const LAST = 1_000;

/** A room of a chat with a thousand messages, and the pages it asks for. */
async function enter({ answer = () => {}, link = "live" }: { answer?: () => void; link?: Link } = {}) {
  const asked: string[] = [];
  const lists = { ofMembers: 0 };
  const reads: string[] = [];
  const chat = { id: "c", lastSeq: LAST } as Chat;
  let state: State = reduce({ ...emptyState("ada"), link }, { type: "chat-loaded", chat });
  const call = async (name: string, which: { before?: string; limit?: number; seq?: number; unread?: boolean }) => {
    const { before = String(LAST + 1), limit = 0, seq, unread } = which;
    if (name === "members.list") lists.ofMembers++;
    if (name === "reads.move") {
      reads.push(unread ? `unread ${seq}` : `${seq}`);
      answer();
      return { body: { lastReadSeq: seq } };
    }
    if (name !== "messages.list") return { body: { data: [] } };
    asked.push(before);
    answer();
    const newest = Number(before) - 1;
    const data = Array.from({ length: Math.min(limit, newest) }, (_, at) => messageOf(newest - at));
    const oldest = newest - data.length + 1;
    return { body: { data, nextCursor: oldest > 1 ? String(oldest) : null } };
  };
  const room = new ChatRoom("c", {
    ...{ api: { call } as unknown as Api, clientId: "one", onRead: () => {} },
    state: () => state,
    act: (action: Action) => {
      state = reduce(state, action);
    },
  } as unknown as RoomOptions);
  await room.open();
  const onLink = (next: Link) => {
    state = reduce(state, { type: "link", link: next });
    room.onLink(next);
  };
  return { room, asked, lists, reads, link: onLink, oldest: () => room.messages()[0]?.seq ?? 0 };
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
  const answer = () => {
    if (++pages === 3) gone.abort();
  };
  const { room, asked, oldest } = await enter({ answer });
  await room.loadBackTo(1, { signal: gone.signal });
  expect(asked.length).toBe(3);
  await room.loadBackTo(1);
  expect(oldest()).toBe(1);
  expect(new Set(asked).size).toBe(asked.length);
});

test("who has read is asked for again, once, where receipts may have been missed", async () => {
  const { room, lists, link } = await enter();
  room.catchUp();
  expect(lists.ofMembers).toBe(1);
  link("reconnecting");
  link("live");
  room.catchUp();
  room.catchUp();
  expect(lists.ofMembers).toBe(2);
});

test("who has read is asked for again where it was loaded before the line was there", async () => {
  const { room, lists, link } = await enter({ link: "connecting" });
  link("live");
  room.catchUp();
  room.catchUp();
  expect(lists.ofMembers).toBe(2);
});

test("what was read is told after all where neither that nor the mark of unread was taken", async () => {
  let isDown = false;
  const answer = () => {
    if (isDown) throw new TypeError("no line");
  };
  const { room, reads } = await enter({ answer });
  isDown = true;
  room.markRead(9);
  await expect(room.markUnread(5)).rejects.toThrow("no line");
  expect(reads).toEqual(["9", "unread 5"]);
  isDown = false;
  await expect.poll(() => reads).toEqual(["9", "unread 5", "9"]);
});
