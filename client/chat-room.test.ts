import { expect, test } from "vitest";
import type { Api } from "./api.ts";
import { ChatRoom, type RoomOptions } from "./chat-room.ts";
import { type ChatState, shownMessages } from "./chat-state.ts";
import { ParleyError } from "./parley-error.ts";
import { type Action, emptyState, type Link, reduce, type State } from "./state.ts";
import type { Chat, LiveEvent, Message, Person } from "./types.ts";

const LAST = 1_000;

interface EnterOptions {
  answer?: () => unknown;
  link?: Link;
  /** Where nothing is unread, one page is loaded at first. */
  read?: number;
  /** Who the service says that some are. */
  people?: (userIds: string[]) => Person[];
}

/** A room of a chat with a thousand messages, and the pages it asks for. */
async function enter({ answer = () => {}, link = "live", read = 0, people = () => [] }: EnterOptions = {}) {
  const asked: string[] = [];
  const lists = { ofMembers: 0 };
  const reads: string[] = [];
  const chat = { id: "c", lastSeq: LAST, lastReadSeq: read } as Chat;
  let state: State = reduce({ ...emptyState("ada"), link }, { type: "chat-loaded", chat });
  const call = async (
    name: string,
    which: { before?: string; after?: string; limit?: number; seq?: number; unread?: boolean; userIds?: string[] },
  ) => {
    if (name === "members.listPeople") return { body: { data: people(which.userIds ?? []) } };
    const { after, limit = 0, seq, unread } = which;
    const { before = String(after === undefined ? LAST + 1 : Math.min(Number(after) + limit, LAST) + 1) } = which;
    if (name === "members.list") lists.ofMembers++;
    if (name === "reads.move") {
      reads.push(unread ? `unread ${seq}` : `${seq}`);
      answer();
      return { body: { lastReadSeq: seq } };
    }
    if (name !== "messages.list") return { body: { data: [] } };
    asked.push(after === undefined ? before : `after ${after}`);
    await answer();
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
  const heard = (type: string, data: Partial<Message>) => {
    const event = { type, chatId: "c", data: { ...data } } as LiveEvent;
    state = reduce(state, { type: "event", event, now: 0 });
  };
  /** The first and the last of the messages that are shown. */
  const shown = () => {
    const seqs = shownMessages(state.chats.c as ChatState).map((message) => message.seq);
    expect(seqs).toEqual(seqs.map((_, at) => (seqs[0] ?? 0) + at));
    return [seqs[0], seqs.at(-1)];
  };
  const content = (seq: number) =>
    shownMessages(state.chats.c as ChatState).find((message) => message.seq === seq)?.content;
  const oldest = () => room.messages()[0]?.seq ?? 0;
  return { room, asked, lists, reads, link: onLink, oldest, heard, shown, content };
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

test("goes to an old message by one page, and from there on to the newest, where it is one list again", async () => {
  const { room, asked, shown, heard } = await enter({ read: LAST });
  expect(shown()).toEqual([951, 1000]);
  await room.goTo(300);
  expect(asked.length).toBe(2);
  expect(shown()).toEqual([251, 350]);
  await room.goTo(310);
  expect(asked.length).toBe(2);
  heard("message.created", messageOf(1001));
  expect(shown()).toEqual([251, 350]);
  await Promise.all([room.loadEarlier(), room.loadEarlier()]);
  expect(shown()).toEqual([201, 350]);
  expect(asked.length).toBe(3);
  for (let page = 0; page < 11; page++) await room.loadLater();
  expect(shown()).toEqual([201, 900]);
  await room.goTo(850);
  expect(shown()).toEqual([201, 900]);
  await Promise.all([room.loadLater(), room.loadLater()]);
  expect(shown()).toEqual([201, 1001]);
  expect(asked.length).toBe(15);
  await room.loadLater();
  expect(asked.length).toBe(15);
  await room.loadEarlier();
  expect(shown()).toEqual([151, 1001]);
});

test("lets go of what lies far above once the newest is on the screen, and loads it again like any older page", async () => {
  const { room, asked, shown, heard } = await enter({ read: LAST });
  await room.loadEarlier(); // as a page does before anybody looks at it
  for (let seq = LAST + 1; seq <= 1_500; seq++) heard("message.created", messageOf(seq));
  room.markShown(1_450);
  expect(shown(), "the newest are not on the screen").toEqual([901, 1500]);
  room.markShown(1_490); // ten have come since
  expect(shown()).toEqual([1301, 1500]);
  heard("message.created", messageOf(1_501));
  room.markShown(1_501);
  expect(shown(), "there are few").toEqual([1301, 1501]);
  heard("message.edited", { ...messageOf(1_000), content: "late" });
  expect(shown()).toEqual([1301, 1501]);
  await room.loadEarlier();
  expect(asked.at(-1)).toBe("1301");
  expect(shown()).toEqual([1251, 1501]);
});

test("what somebody has gone back for stays until the chat is opened again", async () => {
  const { room, shown } = await enter({ read: LAST });
  await room.loadBackTo(400);
  const [from] = shown();
  room.markShown(LAST);
  expect(shown()).toEqual([from, LAST]);
  await room.open();
  room.markShown(LAST);
  expect(shown()).toEqual([801, LAST]);
});

test("goes to the beginning, to another place, and back to the newest", async () => {
  const { room, asked, shown } = await enter({ read: LAST });
  await room.goTo(1);
  expect(shown()).toEqual([1, 100]);
  await room.loadEarlier();
  await room.goTo(500);
  expect(shown()).toEqual([451, 550]);
  expect(asked.length).toBe(3);
  room.toNewest();
  expect(shown()).toEqual([951, 1000]);
  await room.goTo(500);
  await room.goTo(1000);
  expect(shown()).toEqual([951, 1000]);
  await room.goTo(400);
  // What is near the newest is loaded to those.
  await room.goTo(800);
  expect(shown()).toEqual([751, 1000]);
  expect(asked.length).toBe(6);
});

test("what is changed while an old page is under way or looked at is changed there too", async () => {
  let onAnswer = () => {};
  const { room, content, heard, link, shown } = await enter({ answer: () => onAnswer(), read: LAST });
  const edited = (seq: number, text: string) =>
    heard("message.edited", { ...messageOf(seq), content: text, editedAt: "2026-01-01T00:00:00Z" });
  onAnswer = () => edited(300, "before it came");
  await room.goTo(300);
  expect(content(300)).toBe("before it came");
  onAnswer = () => edited(370, "on its way");
  await room.loadLater();
  onAnswer = () => {};
  edited(310, "looked at");
  expect([content(370), content(310)]).toEqual(["on its way", "looked at"]);
  // After a gap only what is loaded anew is believed, and all that is looked at is.
  for (let page = 0; page < 3; page++) await room.loadLater();
  link("reconnecting");
  await room.reload();
  expect([content(370), content(310)]).toEqual(["", ""]);
  const [first = 0, last] = shown();
  expect([first <= 251, last]).toEqual([true, 550]);
});

test("a page of an old place that was left meanwhile goes nowhere", async () => {
  let onAnswer: () => unknown = () => {};
  const { room, shown } = await enter({ answer: () => onAnswer(), read: LAST });
  for (const load of [() => room.loadLater(), () => room.loadEarlier()]) {
    onAnswer = () => {};
    await room.goTo(300);
    onAnswer = () => room.toNewest();
    await load();
    expect(shown()).toEqual([951, 1000]);
  }
  await room.goTo(300);
  onAnswer = () => {
    onAnswer = () => {};
    return room.goTo(600);
  };
  await room.loadLater();
  expect(shown()).toEqual([551, 650]);
  room.toNewest();
  const stopped = new AbortController();
  onAnswer = () => stopped.abort();
  await room.goTo(700, { signal: stopped.signal });
  expect(shown()).toEqual([951, 1000]);
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

test("whom the service does not know, or an older one cannot tell, is asked for once", async () => {
  const asked: string[] = [];
  const know = (userIds: string[]): Person[] => {
    asked.push(...new Set(userIds));
    if (userIds.includes("old")) throw new ParleyError(404, { code: "not_found", detail: "There is no such address." });
    return [];
  };
  const { room, heard } = await enter({ people: know });
  for (const senderId of ["nobody", "old", "nobody", "old"]) {
    heard("message.created", { ...messageOf(LAST + 1), senderId });
    await room.loadStrangers();
  }
  expect(asked).toEqual(["nobody", "old"]);
  const down = await enter({
    people: () => {
      throw new ParleyError(503, {});
    },
  });
  down.heard("message.created", { ...messageOf(LAST + 1), senderId: "late" });
  for (let time = 0; time < 2; time++) await expect(down.room.loadStrangers()).rejects.toThrow("503");
});

test("of many whom events have named so many are asked for at once as an address holds, until all are", async () => {
  const asked: number[] = [];
  const { room, heard } = await enter({
    people: (userIds) => {
      asked.push(userIds.length);
      return userIds.map((userId) => ({ userId }));
    },
  });
  for (let at = 0; at < 120; at++) heard("message.created", { ...messageOf(LAST + 1 + at), senderId: `s-${at}` });
  await room.loadStrangers();
  expect(asked).toEqual([50, 50, 20]);
});
