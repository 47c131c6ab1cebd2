import { createHmac } from "node:crypto";
import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, onTestFinished, test, vi } from "vitest";
import { WebSocket } from "ws";
import type { Chat } from "../server/domain/chats/schema.ts";
import type { Message } from "../server/domain/messages/schema.ts";
import { type Caller, type Stack, startStack, type TestTenant } from "../server/testing/stack.ts";
import { hubTransport } from "./hub-transport.ts";
import { inboxItems } from "./inbox-state.ts";
import { Parley } from "./parley.ts";
import type { ParleyOptions } from "./parley-options.ts";
import { type State, unreadInChats } from "./state.ts";
import type { Storage } from "./storage.ts";
import { streamTransport } from "./stream-transport.ts";
import type { Transport } from "./transport.ts";
import type { LiveEvent, Notification } from "./types.ts";

let stack: Stack;
let tenant: TestTenant;
const opened: Parley[] = [];
let people = 0;

beforeAll(async () => {
  // Node 20 has none of its own; browsers and newer Nodes do.
  Object.assign(globalThis, { WebSocket });
  stack = await startStack();
  tenant = await stack.tenant("acme");
});
afterAll(async () => {
  for (const client of opened) client.close();
  await stack.close();
});

function newUser(name = "user"): string {
  return `${name}-${++people}`;
}

function make(userId: string, more: Partial<ParleyOptions> = {}): Parley {
  const client = new Parley({
    baseUrl: stack.url,
    tenantId: tenant.tenantId,
    getToken: () => tenant.token(userId),
    storage: null,
    transports: [hubTransport],
    ...more,
  });
  opened.push(client);
  return client;
}

async function live(userId: string, more: Partial<ParleyOptions> = {}): Promise<Parley> {
  const client = make(userId, more);
  await client.start();
  await expect.poll(() => client.getState().link).toBe("live");
  return client;
}

async function makeChat(...userIds: string[]): Promise<string> {
  const [owner = "", ...memberUserIds] = userIds;
  return (await tenant.as(owner)<Chat>("POST", "/Chat", { name: "A chat", memberUserIds })).body.id;
}

function texts(client: Parley, chatId: string): string[] {
  return client
    .room(chatId)
    .messages()
    .map(({ content }) => content);
}

function memoryStorage(): Storage {
  const kept = new Map<string, unknown>();
  return {
    entries: async (prefix) => [...kept].filter(([key]) => key.startsWith(prefix)),
    set: async (key, value) => void kept.set(key, value),
    delete: async (key) => void kept.delete(key),
  };
}

/** All that a person can see of their chats, as far as it must be the same for everybody who looks. */
function view(client: Parley) {
  const { chats } = client.getState();
  return Object.values(chats)
    .map(({ chat, members }) => {
      const { id, name, lastSeq, lastReadSeq, unreadCount, memberCount, role, frozen } = chat;
      const messages = client
        .room(id)
        .messages()
        .map(({ id, seq, content, deletedAt }) => ({ id, seq, content, deletedAt }));
      const who = members?.map(({ userId }) => userId).sort();
      const last = chat.lastMessage && { id: chat.lastMessage.id, content: chat.lastMessage.content };
      return { id, name, lastSeq, lastReadSeq, unreadCount, memberCount, role, frozen, last, who, messages };
    })
    .sort((a, b) => (a.id < b.id ? -1 : 1));
}

async function openAll(client: Parley): Promise<void> {
  await Promise.all(Object.keys(client.getState().chats).map((id) => client.room(id).open()));
}

describe.each([
  { name: "the hub", transport: hubTransport },
  { name: "the event stream", transport: streamTransport },
])("over $name", ({ transport }) => {
  const over = { transports: [transport] };

  test("two people talk, and who was away misses nothing and sees nothing twice", async () => {
    const [ada, ben] = [newUser("ada"), newUser("ben")];
    const chatId = await makeChat(ada, ben);
    const [left, right] = [await live(ada, over), await live(ben, over)];
    await Promise.all([left.room(chatId).open(), right.room(chatId).open()]);
    left.room(chatId).send("one");
    await expect.poll(() => texts(right, chatId)).toEqual(["one"]);
    left.setOnline(false);
    for (const word of ["two", "three"]) right.room(chatId).send(word);
    left.room(chatId).send("four");
    await expect.poll(() => texts(right, chatId)).toEqual(["one", "two", "three"]);
    expect(left.getState().chats[chatId]?.log.outbox).toMatchObject([{ content: "four", status: "waiting" }]);
    left.setOnline(true);
    for (const client of [left, right])
      await expect.poll(() => texts(client, chatId)).toEqual(["one", "two", "three", "four"]);
    expect(left.getState().chats[chatId]?.log.outbox).toEqual([]);
  });

  test("a cursor that is of no use any more makes it load anew, and then it goes on", async () => {
    const [ada, ben] = [newUser("ada"), newUser("ben")];
    const chatId = await makeChat(ada, ben);
    let tries = 0;
    const forgetful: Transport = (connecting) =>
      transport(++tries === 2 ? { ...connecting, since: ahead() } : connecting);
    const client = await live(ada, { transports: [forgetful] });
    await client.room(chatId).open();
    client.setOnline(false);
    await tenant.as(ben)("POST", `/Chat/${chatId}/messages`, { content: "missed" });
    client.setOnline(true);
    await expect.poll(() => texts(client, chatId)).toEqual(["missed"]);
    await tenant.as(ben)("POST", `/Chat/${chatId}/messages`, { content: "live" });
    await expect.poll(() => texts(client, chatId)).toEqual(["missed", "live"]);
  });

  test("whom an operator disconnects stays away until they ask, though the line comes back", async () => {
    const client = await live(newUser("ada"), over);
    const links: string[] = [];
    client.subscribe(() => client.getState().link !== links.at(-1) && links.push(client.getState().link));
    const list = async () => {
      const path = `/admin/connections?userId=${client.me}`;
      return (await tenant.key()<{ data: { connectionId: string }[] }>("GET", path)).body.data;
    };
    await expect.poll(list).toHaveLength(1);
    for (const { connectionId } of await list()) await tenant.key()("DELETE", `/admin/connections/${connectionId}`);
    await expect.poll(() => links).toEqual(["reconnecting", "offline"]);
    client.retry();
    await expect.poll(() => links).toEqual(["reconnecting", "offline", "connecting", "live"]);
  });
});

/** Answers to what matches are read at once and come late, as over a slow line. */
function holdAnswers(address: RegExp): { release: () => void } {
  const { fetch: real } = globalThis;
  let release = () => {};
  const released = new Promise<void>((resolve) => {
    release = resolve;
  });
  globalThis.fetch = async (...args) => {
    const answer = await real(...args);
    if (address.test(String(args[0]))) await released;
    return answer;
  };
  const end = () => {
    globalThis.fetch = real;
    release();
  };
  onTestFinished(end);
  return { release: end };
}

/** A position that the log has not reached. */
function ahead(): string {
  return stack.api.services.cursors.encode(tenant.tenantId as never, 1, 1_000_000);
}

test("typing, presence and receipts reach the others, and end", async () => {
  const [ada, ben] = [newUser("ada"), newUser("ben")];
  const chatId = await makeChat(ada, ben);
  const heard: LiveEvent[] = [];
  const left = await live(ada, { onEvent: (event) => heard.push(event) });
  await left.room(chatId).open();
  const right = await live(ben);
  await right.room(chatId).open();
  await expect.poll(() => left.getState().presence[ben]?.state).toBe("online");
  right.room(chatId).typing();
  right.room(chatId).typing();
  await expect.poll(() => Object.keys(left.getState().chats[chatId]?.typing ?? {})).toEqual([ben]);
  left.room(chatId).send("hello");
  await expect.poll(() => texts(right, chatId)).toEqual(["hello"]);
  expect(right.getState().chats[chatId]?.chat.unreadCount).toBe(1);
  expect(unreadInChats(right.getState())).toBe(1);
  right.room(chatId).markRead(1);
  expect(right.getState().chats[chatId]?.chat.unreadCount).toBe(0);
  await expect.poll(() => left.getState().chats[chatId]?.reads[ben]).toBe(1);
  expect(heard.filter(({ type }) => type === "typing")).toHaveLength(1);
});

test("who is there is asked of any number of people, and of one whose id has commas", async () => {
  const [ada, ben] = [newUser("ada"), `cn=Ben,ou=${newUser()}`];
  await makeChat(ada, ben);
  const asked: string[] = [];
  const client = await live(ada, { onCall: ({ path, status }) => asked.push(`${status} ${path}`) });
  const others = Array.from({ length: 200 }, (_, at) => `other-${at}`);
  client.loadPresence([...others, ben]);
  await expect.poll(() => client.getState().presence[ben]?.state).toBe("offline");
  expect(asked.filter((call) => call.includes("/presence?") && !call.startsWith("200 "))).toEqual([]);
});

test("who is there is asked once over a line, and anew of who has left a chat and is back", async () => {
  const [ada, ben, cleo] = [newUser("ada"), newUser("ben"), newUser("cleo")];
  const chatId = await makeChat(ada, ben, cleo);
  const asked: string[] = [];
  const client = await live(ada, {
    onCall: ({ path }) => {
      if (path.startsWith("/presence?userIds")) asked.push(path.replaceAll(/-\d+/gu, ""));
    },
  });
  client.loadPresence([ben]);
  client.loadPresence([ben, cleo]);
  client.loadPresence([cleo, ben]);
  const [ofBen, ofCleo] = [ben, cleo].map((id) => `/presence?userIds=${id}&userIds=${id}`.replaceAll(/-\d+/gu, ""));
  await expect.poll(() => Object.keys(client.getState().presence)).toEqual(expect.arrayContaining([ben, cleo]));
  expect(asked.toSorted()).toEqual([ofBen, ofCleo]);

  await tenant.as(cleo)("DELETE", `/Chat/${chatId}/members/${cleo}`);
  await tenant.as(ada)("POST", `/Chat/${chatId}/members`, { userId: cleo });
  await expect.poll(() => client.getState().chats[chatId]?.memberChanges).toBe(2);
  client.loadPresence([ben, cleo]);
  await expect.poll(() => asked.length).toBe(3);
  expect(asked.at(-1)).toBe(ofCleo);

  client.setOnline(false);
  client.setOnline(true);
  await expect.poll(() => client.getState().link).toBe("live");
  client.loadPresence([ben]);
  await expect.poll(() => asked.length).toBe(4);
  expect(asked.at(-1)).toBe(ofBen);
});

test("other pages of the same person agree on what is read, and 'mark unread' goes back", async () => {
  const [ada, ben] = [newUser("ada"), newUser("ben")];
  const chatId = await makeChat(ada, ben);
  const [one, two] = [await live(ada), await live(ada)];
  for (const content of ["a", "b", "c"]) await tenant.as(ben)("POST", `/Chat/${chatId}/messages`, { content });
  const unread = () => [one, two].map((client) => client.getState().chats[chatId]?.chat.unreadCount);
  await expect.poll(unread).toEqual([3, 3]);
  await one.room(chatId).open();
  one.room(chatId).markRead(3);
  await expect.poll(unread).toEqual([0, 0]);
  await one.room(chatId).markUnread(2);
  await expect.poll(unread).toEqual([2, 2]);
  await one.room(chatId).markUnread(1);
  await expect.poll(unread).toEqual([3, 3]);
  two.room(chatId).markRead(3);
  await expect.poll(unread).toEqual([0, 0]);
  await one.room(chatId).markUnread(2);
  await expect.poll(unread).toEqual([2, 2]);
  two.room(chatId).markRead(3);
  await expect.poll(unread).toEqual([0, 0]);
});

test("reading a part of what is unread stays read, and the rest is counted", async () => {
  const [ada, ben] = [newUser("ada"), newUser("ben")];
  const chatId = await makeChat(ada, ben);
  for (const content of ["a", "b", "c"]) await tenant.as(ben)("POST", `/Chat/${chatId}/messages`, { content });
  const client = await live(ada);
  const read = () => client.getState().chats[chatId]?.chat.lastReadSeq;
  const positions: unknown[] = [];
  client.subscribe(() => read() !== positions.at(-1) && positions.push(read()));
  client.room(chatId).markRead(2);
  await expect.poll(() => client.getState().chats[chatId]?.chat.unreadCount).toBe(1);
  expect(read()).toBe(2);
  expect(positions).not.toContain(0);
});

test("what was read just before the client is closed is told, and nothing waits after that", async () => {
  const [ada, ben] = [newUser("ada"), newUser("ben")];
  const chatId = await makeChat(ada, ben);
  for (const content of ["a", "b"]) await tenant.as(ben)("POST", `/Chat/${chatId}/messages`, { content });
  const asked: string[] = [];
  const client = await live(ada, { onCall: ({ path }) => asked.push(path) });
  client.inbox.startCounting();
  await expect.poll(() => client.getState().counters).toBeDefined();
  client.room(chatId).markRead(2);
  client.close();
  const position = async () => (await tenant.as(ada)<Chat>("GET", `/Chat/${chatId}`)).body.lastReadSeq;
  await expect.poll(position).toBe(2);
  const timers = vi.spyOn(globalThis, "setTimeout");
  onTestFinished(() => timers.mockRestore());
  client.inbox.count();
  expect(timers).not.toHaveBeenCalled();
});

test("a chat that is muted on one device is muted on the other, and is not for anybody else", async () => {
  const [ada, ben] = [newUser("ada"), newUser("ben")];
  const chatId = await makeChat(ada, ben);
  const heard: string[] = [];
  const onEvent = ({ type, eventId }: LiveEvent) => eventId && heard.push(type);
  const [one, two, bens] = [await live(ada, { onEvent }), await live(ada), await live(ben)];
  const muteIn = (client: Parley) => client.getState().chats[chatId]?.chat.notifications?.mute;
  for (const mute of ["all", "none"] as const) {
    await one.room(chatId).mute(mute);
    await expect.poll(() => muteIn(two)).toBe(mute);
  }
  await two.room(chatId).mute("all");
  await expect.poll(() => muteIn(one)).toBe("all");
  expect(muteIn(bens)).toBe("none");
  // The page that asks has the answer: of its own it hears nothing.
  expect(heard).toEqual(["member.updated"]);
  const until = new Date(Date.now() + 3_600_000).toISOString();
  await two.room(chatId).mute("except-mentions", until);
  for (const client of [one, two])
    await expect
      .poll(() => client.getState().chats[chatId]?.chat.notifications)
      .toEqual({ mute: "except-mentions", until });
  const signs = ({ counters }: State) => counters && counters.chats.unreadMessages - counters.chats.mutedMessages;
  for (const client of [one, two]) client.inbox.startCounting();
  await tenant.as(ben)("POST", `/Chat/${chatId}/messages`, { content: "hush" });
  for (const client of [one, two]) {
    await expect.poll(() => client.getState().counters?.chats.unreadMessages).toBe(1);
    expect(signs(client.getState())).toBe(0);
  }
  await two.room(chatId).mute("none");
  for (const client of [one, two]) await expect.poll(() => signs(client.getState())).toBe(1);
});

test("what was marked unread is not read by being on the screen, until the chat is opened again or something newer is there", async () => {
  const [ada, ben] = [newUser("ada"), newUser("ben")];
  const chatId = await makeChat(ada, ben);
  const post = (content: string) => tenant.as(ben)("POST", `/Chat/${chatId}/messages`, { content });
  for (const content of ["a", "b", "c"]) await post(content);
  const client = await live(ada);
  const room = client.room(chatId);
  const unread = () => client.getState().chats[chatId]?.chat.unreadCount;
  await room.open();
  room.markShown(3);
  expect(unread()).toBe(0);
  await room.markUnread(2);
  room.markShown(3);
  expect(unread()).toBe(2);
  await room.open();
  room.markShown(3);
  expect(unread()).toBe(0);
  await room.markUnread(3);
  await post("d");
  await expect.poll(() => texts(client, chatId)).toHaveLength(4);
  room.markShown(4);
  expect(unread()).toBe(0);
});

test("an older page that comes after a reload over a gap leaves no hole", async () => {
  const [ada, ben] = [newUser("ada"), newUser("ben")];
  const chatId = await makeChat(ada, ben);
  const post = async (howMany: number) => {
    for (let n = 0; n < howMany; n++) await tenant.as(ada)("POST", `/Chat/${chatId}/messages`, { content: `${n}` });
  };
  await post(53);
  const client = await live(ada);
  const room = client.room(chatId);
  await room.open();
  const seqs = () => room.messages().map(({ seq }) => seq);
  client.setOnline(false);
  const older = holdAnswers(/before=/u);
  const earlier = room.loadEarlier();
  await post(51);
  await room.reload();
  expect([seqs()[0], seqs().at(-1)]).toEqual([55, 104]);
  older.release();
  await earlier;
  expect([seqs()[0], seqs().at(-1)]).toEqual([55, 104]);
  await room.loadBackTo(1);
  expect(seqs()).toEqual(Array.from({ length: 104 }, (_, at) => at + 1));
});

test("an old message that is asked for before the chat has loaded is loaded too", async () => {
  const ada = newUser("ada");
  const chatId = await makeChat(ada, newUser("ben"));
  for (let n = 0; n < 53; n++) await tenant.as(ada)("POST", `/Chat/${chatId}/messages`, { content: `${n}` });
  for (const opens of [true, false]) {
    const room = (await live(ada)).room(chatId);
    const opening = opens ? room.open() : undefined;
    await room.loadBackTo(2);
    expect(room.messages()[0]?.seq).toBe(1);
    await opening;
  }
});

test("a chat beyond the newest is loaded when it is asked for, and one that is not this person's is gone until they are let in", async () => {
  const [ada, ben] = [newUser("ada"), newUser("ben")];
  const oldest = await makeChat(ada, ben);
  const foreign = await makeChat(ben);
  for (let more = 0; more < 50; more++) await makeChat(ada);
  const client = await live(ada);
  expect(client.getState().chats[oldest]).toBeUndefined();
  await Promise.all([oldest, foreign].map((id) => client.loadChat(id)));
  expect(client.getState().chats[oldest]?.chat.id).toBe(oldest);
  expect(client.getState().gone).toEqual({ [foreign]: true });
  await tenant.as(ben)("POST", `/Chat/${foreign}/members`, { userId: ada });
  await expect.poll(() => client.getState().chats[foreign]?.chat.id).toBe(foreign);
  expect(client.getState().gone).toEqual({});
});

test("a chat beyond the newest is opened and written to as any other, and of one that is gone both are said", async () => {
  const [ada, ben] = [newUser("ada"), newUser("ben")];
  const [oldest, unopened, foreign] = [await makeChat(ada, ben), await makeChat(ada, ben), await makeChat(ben)];
  const stored = async () => {
    const { body } = await tenant.as(ben)<{ data: Message[] }>("GET", `/Chat/${unopened}/messages`);
    return body.data.map(({ content }) => content);
  };
  await tenant.as(ben)("POST", `/Chat/${oldest}/messages`, { content: "old" });
  await Promise.all(Array.from({ length: 50 }, () => makeChat(ada)));

  const opens = await live(ada);
  expect([oldest, unopened].filter((chatId) => opens.getState().chats[chatId])).toEqual([]);
  const room = opens.room(oldest);
  await room.open();
  expect(texts(opens, oldest)).toEqual(["old"]);
  room.send("opened");
  await expect.poll(() => texts(opens, oldest)).toEqual(["old", "opened"]);
  await expect(opens.room(foreign).open()).rejects.toMatchObject({ status: 404 });
  opens.room(foreign).send("to nobody");
  await expect.poll(() => opens.getState().undeliverable[foreign]).toMatchObject([{ content: "to nobody" }]);
  await tenant.as(ben)("POST", `/Chat/${foreign}/members`, { userId: ada });
  await opens.room(foreign).open();
  opens.close();

  const sends = make(ada);
  sends.room(unopened).send("before the start");
  await sends.start();
  sends.room(unopened).send("after it");
  await expect.poll(stored).toEqual(["after it", "before the start"]);
});

test("edits and deletes show at once, and are taken back when the service refuses", async () => {
  const [ada, ben] = [newUser("ada"), newUser("ben")];
  const chatId = await makeChat(ben, ada);
  const { body: bens } = await tenant.as(ben)<Message>("POST", `/Chat/${chatId}/messages`, { content: "ben's" });
  const client = await live(ada);
  const room = client.room(chatId);
  await room.open();
  room.send("mine");
  await expect.poll(() => texts(client, chatId)).toEqual(["ben's", "mine"]);
  const editing = room.edit(room.messages()[1]?.id ?? "", "mine, better");
  expect(texts(client, chatId)).toEqual(["ben's", "mine, better"]);
  await editing;
  expect(room.messages()[1]?.editedAt).toBeDefined();
  const refused = room.edit(bens.id, "not mine");
  expect(texts(client, chatId)[0]).toBe("not mine");
  await expect(refused).rejects.toMatchObject({ status: 403 });
  expect(texts(client, chatId)[0]).toBe("ben's");
  await room.delete(room.messages()[1]?.id ?? "");
  expect(room.messages()[1]).toMatchObject({ content: "", deletedAt: expect.any(String) });
});

test("a message mentions whom it names, also in a chat that was not here yet, and after a correction whom that names", async () => {
  const [ada, ben] = [newUser("ada"), newUser("ben")];
  const client = await live(ada);
  const chatId = await makeChat(ben, ada);
  const bens = await live(ben);
  const room = client.room(chatId);
  const mentioned = () => room.messages().at(-1)?.mentionUserIds;
  const counted = () => bens.getState().counters?.mentions.unread;
  bens.inbox.startCounting();
  room.send("ask @Ben", { mentionUserIds: [ben] });
  await room.open();
  await expect.poll(mentioned).toEqual([ben]);
  await expect.poll(counted).toBe(1);
  const messageId = room.messages().at(-1)?.id ?? "";
  await room.edit(messageId, "please ask @Ben");
  expect(mentioned()).toEqual([ben]);
  const editing = room.edit(messageId, "never mind", { mentionUserIds: [] });
  expect(mentioned()).toEqual([]);
  await editing;
  await expect.poll(counted).toBe(0);
  const { body } = await tenant.as(ada)<Message>("GET", `/Chat/${chatId}/messages/${messageId}`);
  expect(body).not.toHaveProperty("mentionUserIds");
});

test("of two corrections the second one stays, also while the first is under way", async () => {
  const ada = newUser("ada");
  const chatId = await makeChat(ada, newUser("ben"));
  const { body } = await tenant.as(ada)<Message>("POST", `/Chat/${chatId}/messages`, { content: "draft" });
  const client = await live(ada);
  const room = client.room(chatId);
  await room.open();
  const answers = holdAnswers(new RegExp(`messages/${body.id}$`, "u"));
  const [first, second] = [room.edit(body.id, "first"), room.edit(body.id, "second")];
  answers.release();
  await first;
  expect(texts(client, chatId)).toEqual(["second"]);
  await second;
  expect(texts(client, chatId)).toEqual(["second"]);
  const stored = await tenant.as(ada)<{ data: Message[] }>("GET", `/Chat/${chatId}/messages`);
  expect(stored.body.data[0]?.content).toBe("second");
});

test("what was typed and not sent survives a reload, in order and once, even past a page that is on its way", async () => {
  const [ada, ben] = [newUser("ada"), newUser("ben")];
  const chatId = await makeChat(ada, ben);
  const storage = memoryStorage();
  const before = await live(ada, { storage });
  await before.room(chatId).open();
  before.setOnline(false);
  for (const word of ["one", "two"]) before.room(chatId).send(word);
  before.room(chatId).send("three", { mentionUserIds: [ben] });
  await expect.poll(async () => (await storage.entries("parley/")).length).toBe(3);
  before.close();
  const after = make(ada, { storage });
  const overtaken = holdAnswers(/messages\?limit/u);
  const opened = after.start().then(() => after.room(chatId).open());
  await expect.poll(async () => (await storage.entries("parley/")).length).toBe(0);
  overtaken.release();
  await opened;
  await expect.poll(() => texts(after, chatId)).toEqual(["one", "two", "three"]);
  await expect.poll(async () => (await storage.entries("parley/")).length).toBe(0);
  const { body } = await tenant.as(ben)<{ data: Message[] }>("GET", `/Chat/${chatId}/messages`);
  expect(body.data.map(({ content, mentionUserIds }) => [content, mentionUserIds])).toEqual([
    ["three", [ben]],
    ["two", undefined],
    ["one", undefined],
  ]);
});

test("what was not sent to a chat beyond the newest goes out, though the page or an event asks for that chat meanwhile", async () => {
  const [ada, ben] = [newUser("ada"), newUser("ben")];
  const oldest = await makeChat(ada, ben);
  const storage = memoryStorage();
  const write = async (content: string) => {
    const before = await live(ada, { storage });
    await before.loadChat(oldest);
    before.setOnline(false);
    before.room(oldest).send(content);
    await expect.poll(async () => (await storage.entries("parley/")).length).toBe(1);
    before.close();
  };
  const stored = async () => {
    const { body } = await tenant.as(ben)<{ data: Message[] }>("GET", `/Chat/${oldest}/messages`);
    return body.data.map(({ content }) => content);
  };
  for (let more = 0; more < 50; more++) await makeChat(ada);

  await write("past the page");
  const opens = make(ada, { storage });
  opens.subscribe(() => {
    if (opens.getState().phase === "ready") void opens.loadChat(oldest);
  });
  await opens.start();
  await expect.poll(stored).toEqual(["past the page"]);
  opens.close();

  for (let more = 0; more < 50; more++) await makeChat(ada);
  await write("past an event");
  const overtaken = holdAnswers(new RegExp(`Chat/${oldest}$`, "u"));
  const hears = make(ada, { storage });
  const started = hears.start();
  await expect.poll(() => hears.getState().link).toBe("live");
  await tenant.as(ben)("POST", `/Chat/${oldest}/messages`, { content: "an event" });
  await expect.poll(() => hears.getState().wanted[oldest]).toBe(1);
  overtaken.release();
  await started;
  await expect.poll(stored).toEqual(["past an event", "an event", "past the page"]);
});

test("what was not sent goes out when its chat can be loaded, be that only at another start, and keeps nothing else back", async () => {
  const ada = newUser("ada");
  const oldest = await makeChat(ada, newUser("ben"));
  const storage = memoryStorage();
  const before = await live(ada, { storage });
  before.setOnline(false);
  before.room(oldest).send("later");
  await expect.poll(async () => (await storage.entries("parley/")).length).toBe(1);
  for (let more = 0; more < 50; more++) await makeChat(ada);
  const newest = await makeChat(ada, newUser("ben"));
  const [[, item] = []] = await storage.entries("parley/");
  await storage.set(`parley/unsent/${tenant.tenantId}/${ada}/now`, {
    ...(item as object),
    ...{ chatId: newest, clientMessageId: "now", content: "now", at: Date.now() },
  });
  before.close();
  const { fetch: real } = globalThis;
  const restore = () => {
    globalThis.fetch = real;
  };
  onTestFinished(restore);
  globalThis.fetch = async (...args) => {
    if (String(args[0]).endsWith(`Chat/${oldest}`)) throw new TypeError("no line");
    return await real(...args);
  };
  const failing = make(ada, { storage });
  await failing.start();
  await failing.room(newest).open();
  await expect.poll(() => texts(failing, newest)).toEqual(["now"]);
  await expect.poll(async () => (await storage.entries("parley/")).length).toBe(1);
  failing.close();
  restore();
  const again = make(ada, { storage });
  await again.start();
  await again.room(oldest).open();
  await expect.poll(() => texts(again, oldest)).toEqual(["later"]);
});

test.each([
  // Three of them are the tries of one call.
  { name: "answers 500", fail: async () => new Response("{}", { status: 500 }), calls: 4 },
  {
    name: "does not answer",
    fail: () => {
      throw new TypeError("no line");
    },
    calls: 2,
  },
  {
    name: "hangs",
    fail: (_, init) =>
      new Promise((_, reject) => init?.signal?.addEventListener("abort", () => reject(new Error("late")))),
    calls: 2,
  },
] satisfies { name: string; fail: typeof fetch; calls: number }[])(
  "what was not sent goes out while the page is open, once a chat whose loading $name can be loaded",
  async ({ fail, calls }) => {
    const ada = newUser("ada");
    const oldest = await makeChat(ada, newUser("ben"));
    const storage = memoryStorage();
    const before = await live(ada, { storage });
    before.setOnline(false);
    for (const word of ["one", "two"]) before.room(oldest).send(word);
    await expect.poll(async () => (await storage.entries("parley/")).length).toBe(2);
    before.close();
    for (let more = 0; more < 50; more++) await makeChat(ada);
    const { fetch: real } = globalThis;
    onTestFinished(() => {
      globalThis.fetch = real;
    });
    let fails = 0;
    globalThis.fetch = async (...args) => {
      if (!String(args[0]).endsWith(`Chat/${oldest}`)) return await real(...args);
      fails++;
      return await fail(...args);
    };
    const { timeout } = AbortSignal;
    const patience = vi.spyOn(AbortSignal, "timeout").mockImplementation(() => timeout.call(AbortSignal, 1_000));
    onTestFinished(() => patience.mockRestore());
    const client = await live(ada, { storage });
    await expect.poll(() => fails).toBeGreaterThanOrEqual(calls);
    expect(client.getState().chats[oldest]).toBeUndefined();
    expect(await storage.entries("parley/")).toHaveLength(2);
    globalThis.fetch = real;
    await expect.poll(() => client.getState().chats[oldest]?.chat.lastSeq).toBe(2);
    client.room(oldest).send("three");
    await client.room(oldest).open();
    await expect.poll(() => texts(client, oldest)).toEqual(["one", "two", "three"]);
    await expect.poll(async () => (await storage.entries("parley/")).length).toBe(0);
  },
);

test.each([
  ["chats", /\/Chat\?/],
  ["messages", /\/messages\?/],
  ["notifications", /\/Notifications\?/],
])("a start that waits for %s on a line that never answers ends, and the next one comes through", async (_, never) => {
  const ada = newUser("ada");
  const chatId = await makeChat(ada);
  const client = await live(ada);
  await client.room(chatId).open();
  await client.inbox.load("all");
  client.close();
  const { fetch: real } = globalThis;
  onTestFinished(() => {
    globalThis.fetch = real;
  });
  globalThis.fetch = (address, init) =>
    never.test(String(address))
      ? new Promise((_, reject) => init?.signal?.addEventListener("abort", () => reject(new Error("late"))))
      : real(address, init);
  const { timeout } = AbortSignal;
  const patience = vi.spyOn(AbortSignal, "timeout").mockImplementation(() => timeout.call(AbortSignal, 1_000));
  onTestFinished(() => patience.mockRestore());
  await client.start();
  expect(client.getState().phase).toBe("failed");
  globalThis.fetch = real;
  client.retry();
  await expect.poll(() => client.getState().link).toBe("live");
});

test("a refused message stays with its reason until it is retried or given up", async () => {
  const [ada, ben] = [newUser("ada"), newUser("ben")];
  const chatId = await makeChat(ben, ada);
  const client = await live(ada);
  const room = client.room(chatId);
  await room.open();
  await tenant.as(ben)("PATCH", `/Chat/${chatId}`, { frozen: true });
  room.send("too late");
  const outbox = () => client.getState().chats[chatId]?.log.outbox ?? [];
  await expect.poll(outbox).toMatchObject([{ content: "too late", status: "refused", reason: expect.any(String) }]);
  await tenant.as(ben)("PATCH", `/Chat/${chatId}`, { frozen: false });
  room.retry(outbox()[0]?.clientMessageId ?? "");
  await expect.poll(() => texts(client, chatId)).toEqual(["too late"]);
  room.send("x".repeat(17 * 1024));
  const reason = "The request is not valid: content must be at most 16 KiB of text";
  await expect.poll(outbox).toMatchObject([{ status: "refused", reason }]);
  room.discard(outbox()[0]?.clientMessageId ?? "");
  expect(outbox()).toEqual([]);
});

test("a refused message is the person's to decide after a reload too, and what was to be retried goes out", async () => {
  const [ada, ben] = [newUser("ada"), newUser("ben")];
  const chatId = await makeChat(ben, ada);
  const freeze = (frozen: boolean) => tenant.as(ben)("PATCH", `/Chat/${chatId}`, { frozen });
  const storage = memoryStorage();
  const outboxOf = (client: Parley) => client.getState().chats[chatId]?.log.outbox ?? [];
  const kept = async () => (await storage.entries("parley/")).length;
  const before = await live(ada, { storage });
  await before.room(chatId).open();
  await freeze(true);
  before.room(chatId).send("once", { mentionUserIds: [ben] });
  await expect.poll(() => outboxOf(before)).toMatchObject([{ content: "once", status: "refused" }]);
  await expect.poll(kept).toBe(1);
  const asked = outboxOf(before);
  before.close();
  await freeze(false);

  const after = await live(ada, { storage });
  await after.room(chatId).open();
  await expect.poll(() => outboxOf(after)).toEqual(asked);
  after.room(chatId).send("next");
  await expect.poll(() => texts(after, chatId)).toEqual(["next"]);
  expect(outboxOf(after)).toEqual(asked);
  after.setOnline(false);
  after.room(chatId).retry(asked[0]?.clientMessageId ?? "");
  await expect.poll(() => outboxOf(after)).toMatchObject([{ content: "once", status: "waiting" }]);
  after.close();

  const last = await live(ada, { storage });
  await last.room(chatId).open();
  await expect.poll(() => texts(last, chatId)).toEqual(["next", "once"]);
  expect(last.room(chatId).messages().at(-1)?.mentionUserIds).toEqual([ben]);
  await expect.poll(kept).toBe(0);
});

test("what was written offline to a chat that one is taken out of meanwhile is not lost, over a reload too", async () => {
  const [ada, ben] = [newUser("ada"), newUser("ben")];
  const chatId = await makeChat(ben, ada);
  const storage = memoryStorage();
  const left = (client: Parley) => client.getState().undeliverable[chatId]?.map(({ content }) => content);
  const before = await live(ada, { storage });
  before.setOnline(false);
  before.room(chatId).send("too late");
  await tenant.as(ben)("DELETE", `/Chat/${chatId}/members/${ada}`);
  before.setOnline(true);
  await expect.poll(() => left(before)).toEqual(["too late"]);
  before.close();
  const after = await live(ada, { storage });
  await expect.poll(() => left(after)).toEqual(["too late"]);

  // Whoever is taken in again sends it, or does not: it does not go out by itself.
  const refused = [{ content: "too late", status: "refused", reason: "You were out of this chat." }];
  await tenant.as(ben)("POST", `/Chat/${chatId}/members`, { userIds: [ada] });
  await expect.poll(() => after.getState().chats[chatId]?.log.outbox).toMatchObject(refused);
  await expect.poll(async () => JSON.stringify(await storage.entries("parley/"))).toContain("You were out");
  after.close();
  const last = await live(ada, { storage });
  await last.room(chatId).open();
  await expect.poll(() => last.getState().chats[chatId]?.log.outbox).toMatchObject(refused);
  expect(texts(last, chatId)).toEqual([]);

  last.room(chatId).discard(last.getState().chats[chatId]?.log.outbox[0]?.clientMessageId ?? "");
  await expect.poll(async () => (await storage.entries("parley/")).length).toBe(0);
});

test("asks for another token when one is refused, and says so when there is none", async () => {
  const ada = newUser("ada");
  const asked: string[] = [];
  const given = [tenant.token(ada), tenant.token(ada)];
  const client = make(ada, {
    getToken: async (why) => {
      asked.push(why);
      if (why === "start") return "garbage";
      return (await given.pop()) ?? "garbage";
    },
    userId: ada,
  });
  await client.start();
  await expect.poll(() => client.getState().link).toBe("live");
  expect(asked).toEqual(["start", "refused"]);
  const out = make(ada, { getToken: () => "garbage", userId: ada });
  await out.start();
  expect(out.getState()).toMatchObject({ phase: "failed", link: "signed-out" });

  // Also when the call that was refused is given up while another token is waited for.
  const left = new AbortController();
  const late = make(ada, {
    getToken: (why) => {
      if (why === "refused") left.abort();
      return "garbage";
    },
    userId: ada,
  });
  await expect(late.api.call("events.list", {}, { signal: left.signal })).rejects.toMatchObject({ status: 401 });
  expect(late.getState().link).toBe("signed-out");
});

test("what getToken throws is the cause of what the app is told, without the token that it may quote", async () => {
  const ada = newUser("ada");
  const token = await tenant.token(ada);
  const own = new Error(`The session of ${token} has ended`);
  const none = make(ada, { getToken: () => Promise.reject(own), userId: ada });
  const told = { name: "TokenError", message: "getToken gave no token: The session of … has ended", cause: own };
  await expect(none.api.call("inbox.getCounters", {})).rejects.toMatchObject(told);
  await none.start();
  expect(none.getState()).toMatchObject({ phase: "failed", problem: told.message });

  const refused = make(ada, {
    getToken: (why) => (why === "start" ? "garbage" : Promise.reject(own)),
    userId: ada,
  });
  const error = await refused.api.call("inbox.getCounters", {}).catch((thrown: unknown) => thrown);
  expect(error).toMatchObject({ status: 401, code: "unauthenticated", cause: told });
  expect(String(error)).toContain(`; ${told.message}`);
  expect(refused.getState()).toMatchObject({ link: "signed-out", problem: told.message });
});

test("the problem is that of the newest refusal, also where that has no cause", async () => {
  const ada = newUser("ada");
  let hasEnded = true;
  const getToken = async (why: string) => {
    if (why === "refused" && hasEnded) throw new Error("The session has ended");
    return "garbage";
  };
  const client = make(ada, { getToken, userId: ada });
  const refusal = () => client.api.call("inbox.getCounters", {}).catch((error: Error) => error);
  await refusal();
  expect(client.getState().problem).toBe("getToken gave no token: The session has ended");
  hasEnded = false;
  expect(await refusal()).toMatchObject({ status: 401, message: client.getState().problem });
});

test("why there is no token to connect again with is the problem, until there is one", async () => {
  const ada = newUser("ada");
  let hasEnded = false;
  const getToken = () => {
    if (hasEnded) throw new Error("The session has ended");
    return tenant.token(ada);
  };
  const client = await live(ada, { getToken });
  client.setOnline(false);
  hasEnded = true;
  client.resume();
  await expect.poll(() => client.getState().problem).toBe("getToken gave no token: The session has ended");
  expect(client.getState()).toMatchObject({ phase: "ready", link: "reconnecting" });
  hasEnded = false;
  client.retry();
  await expect.poll(() => client.getState()).toMatchObject({ link: "live", problem: undefined });
});

test("whom the token is of is asked of the service: which claim says so is a setting of the issuer", async () => {
  const secret = "a secret of the tenant's own, long enough";
  const claims = { userId: ["oid"] };
  await tenant.key()("POST", "/admin/issuers", { kind: "hs256", name: "by oid", secret, claims });
  const exp = Math.floor(Date.now() / 1000) + 600;
  const [head, body] = [
    { alg: "HS256", typ: "JWT" },
    { sub: "x7", oid: "ада/1", tenantId: tenant.tenantId, exp },
  ].map((part) => Buffer.from(JSON.stringify(part)).toString("base64url"));
  const token = `${head}.${body}.${createHmac("sha256", secret).update(`${head}.${body}`).digest("base64url")}`;
  const chatId = await makeChat("ада/1", newUser("ben"));
  const client = make("x7", { getToken: () => token });
  const opened = client.room(chatId).open();
  await client.start();
  await opened;
  const state = client.getState();
  expect([client.me, state.chats[chatId]?.log.me]).toEqual(["ада/1", "ада/1"]);
  const given = await live("x7", { getToken: () => token, userId: "x7" });
  expect(given.me).toBe("x7");
});

test("a token that is revoked ends in 'signed-out', and a new one goes on from there", async () => {
  const [ada, ben] = [newUser("ada"), newUser("ben")];
  const chatId = await makeChat(ben, ada);
  let fresh: string | undefined = await tenant.token(ada);
  const client = await live(ada, { getToken: () => fresh ?? "" });
  await client.room(chatId).open();
  fresh = undefined;
  await tenant.key()("POST", `/admin/users/${ada}/revoke`);
  await expect.poll(() => client.getState().link).toBe("signed-out");
  await tenant.as(ben)("POST", `/Chat/${chatId}/messages`, { content: "meanwhile" });
  await new Promise((resolve) => setTimeout(resolve, 1100)); // tokens count whole seconds, and so does revocation
  fresh = await tenant.token(ada);
  client.resume();
  await expect.poll(() => texts(client, chatId)).toEqual(["meanwhile"]);
});

test("what goes out as the page is left does not wait for another token, while the one there is still good", async () => {
  const ada = newUser("ada");
  const { body: item } = await tenant.key()<Notification>("POST", "/Notifications", {
    userId: ada,
    subject: "going",
    message: "x",
  });
  const { body } = await tenant.key()<{ token: string }>("POST", "/tokens", { userId: ada, expiresInSeconds: 50 });
  const client = make(ada, { getToken: (why) => (why === "start" ? body.token : new Promise(() => {})) });
  await client.api.call("inbox.getCounters", {});
  await client.api.call("notifications.delete", { notificationId: item.id }, { keepalive: true });
  expect((await tenant.as(ada)("GET", `/Notifications/${item.id}`)).status).toBe(404);
});

test("what one does with a notification stays done, whatever answers later, and what is refused takes nothing else back", async () => {
  const ada = newUser("ada");
  const send = async (subject: string) => {
    const { body } = await tenant.key()<Notification>("POST", "/Notifications", { userId: ada, subject, message: "x" });
    return body;
  };
  const one = await send("one");
  const client = await live(ada);
  const { inbox } = client;
  const lists = ["all", "archived", "snoozed"] as const;
  for (const list of lists) await inbox.load(list);
  const known = () =>
    lists.flatMap((list) => inboxItems(client.getState().inbox, list)).find(({ id }) => id === one.id);
  const item = known() as Notification;

  // Opened and put away at once: the answer to the first knows nothing of the second.
  const archive = holdAnswers(/archive$/u);
  const [read, archived] = [inbox.setRead(item, true), inbox.setArchived(item, true)];
  await read;
  expect(known()).toMatchObject({ isRead: true, archivedAt: expect.any(String) });
  archive.release();
  await archived;
  expect(known()).toMatchObject({ isRead: true, archivedAt: expect.any(String) });

  const refusal = holdAnswers(/snooze$/u);
  const [unread, snoozed] = [inbox.setRead(item, false), inbox.snooze(item, new Date(0))];
  await unread;
  expect(known()?.archivedAt, "what sleeps is not filed").toBeUndefined();
  refusal.release();
  await expect(snoozed).rejects.toMatchObject({ status: 400 });
  expect(known()).toMatchObject({ isRead: false, archivedAt: expect.any(String) });
  expect(known()).not.toHaveProperty("snoozedUntil");

  // All are read that were in the inbox, not what is put away or has come since.
  const first = await send("first");
  await expect.poll(() => client.getState().inbox.items[first.id]?.isRead).toBe(false);
  const readAll = holdAnswers(/read-all$/u);
  const all = inbox.readAll();
  await expect
    .poll(async () => (await tenant.as(ada)<Notification>("GET", `/Notifications/${first.id}`)).body.isRead)
    .toBe(true);
  const two = await send("two");
  await expect.poll(() => client.getState().inbox.items[two.id]?.isRead).toBe(false);
  readAll.release();
  await all;
  const isRead = [first, one, two].map(({ id }) => client.getState().inbox.items[id]?.isRead);
  expect(isRead).toEqual([true, false, false]);

  const late = holdAnswers(/read$/u);
  const reading = inbox.setRead(two, true);
  await tenant.as(ada)("DELETE", `/Notifications/${two.id}`);
  await expect.poll(() => client.getState().inbox.items[two.id]).toBeUndefined();
  late.release();
  await Promise.allSettled([reading]);
  expect(client.getState().inbox.items[two.id], "is gone for good").toBeUndefined();
});

test("of two changes of a notification that are both refused nothing stays, and what another page has done since is not taken back", async () => {
  const ada = newUser("ada");
  const wanted = { userId: ada, subject: "one", message: "x" };
  const { body: item } = await tenant.key()<Notification>("POST", "/Notifications", wanted);
  const client = await live(ada);
  const { inbox } = client;
  for (const filter of ["all", "archived"] as const) await inbox.load(filter);
  const listed = (filter: "all" | "archived") => inboxItems(client.getState().inbox, filter);
  await inbox.setArchived(item, true);
  const refused = [new Date(0), new Date(1)].map((until) => inbox.snooze(item, until));
  expect(listed("archived")).toEqual([]);
  await Promise.allSettled(refused);
  expect(listed("archived")).toMatchObject([{ id: item.id, isRead: false }]);
  expect(listed("all")).toEqual([]);

  await inbox.setArchived(item, false);
  const late = holdAnswers(/read$/u);
  const reading = inbox.setRead(item, true);
  const stored = async () => (await tenant.as(ada)<Notification>("GET", `/Notifications/${item.id}`)).body;
  await expect.poll(async () => (await stored()).isRead).toBe(true);
  const heard = new Promise<void>((resolve) => {
    client.onEvent(({ type, data }) => type === "notification.updated" && data.isRead === false && resolve());
  });
  await tenant.as(ada)("PUT", `/Notifications/${item.id}/read`, { read: false });
  await heard;
  late.release();
  await reading;
  expect(listed("all")).toMatchObject([{ id: item.id, isRead: false }]);
});

test("after a gap nothing is listed that was deleted meanwhile, also not on a later page", async () => {
  const ada = newUser("ada");
  const ids: string[] = [];
  const send = async (howMany: number) => {
    for (let n = 0; n < howMany; n++) {
      const wanted = { userId: ada, subject: `${n}`, message: "x" };
      ids.unshift((await tenant.key()<Notification>("POST", "/Notifications", wanted)).body.id);
    }
  };
  await send(32);
  const client = await live(ada);
  const { inbox } = client;
  const listed = () => inboxItems(client.getState().inbox, "all").map(({ id }) => id);
  for (const more of [false, true]) await inbox.load("all", more);
  expect(listed()).toEqual(ids);
  client.setOnline(false);
  for (const id of [ids[31], ids[1]]) {
    await tenant.as(ada)("DELETE", `/Notifications/${id}`);
    ids.splice(ids.indexOf(`${id}`), 1);
  }
  await send(1);
  await inbox.reload();
  expect(listed()).toEqual(ids.slice(0, 30));

  // A page that was asked for before a reload goes on from where the list does not end any more.
  const older = holdAnswers(/before=/u);
  const next = inbox.load("all", true);
  await send(2);
  await inbox.reload();
  older.release();
  await next;
  expect(listed()).toEqual(ids.slice(0, 30));
  await inbox.load("all", true);
  expect(listed()).toEqual(ids);
});

test("one that is signed out while it loads anew says so, and goes on with a new token and without a gap", async () => {
  const [ada, ben] = [newUser("ada"), newUser("ben")];
  const chatId = await makeChat(ben, ada);
  let tries = 0;
  // The service knows of no place to go on from: everything is loaded first.
  const forgetful: Transport = (connecting) =>
    hubTransport(++tries === 2 ? { ...connecting, onOpen: () => connecting.onResync("") } : connecting);
  const token = await tenant.token(ada);
  const links: string[] = [];
  const client = await live(ada, { transports: [forgetful], getToken: () => token });
  await client.room(chatId).open();
  client.subscribe(() => client.getState().link !== links.at(-1) && links.push(client.getState().link));
  client.setOnline(false);
  await tenant.as(ben)("POST", `/Chat/${chatId}/messages`, { content: "missed" });
  const { fetch: real } = globalThis;
  onTestFinished(() => {
    globalThis.fetch = real;
  });
  // The token ends between the new connection and the load that it asks for.
  globalThis.fetch = (address, init) =>
    real(address, { ...init, headers: { ...init?.headers, authorization: "Bearer garbage" } });
  client.setOnline(true);
  await expect.poll(() => links).toContain("signed-out");
  globalThis.fetch = real;
  await new Promise((resolve) => setImmediate(resolve));
  expect(client.getState().link).toBe("signed-out");
  client.resume();
  await expect.poll(() => client.getState().link).toBe("live");
  await expect.poll(() => texts(client, chatId)).toEqual(["missed"]);
  await tenant.as(ben)("POST", `/Chat/${chatId}/messages`, { content: "meanwhile" });
  await expect.poll(() => texts(client, chatId)).toEqual(["missed", "meanwhile"]);
});

test("one that was closed and is started again keeps its chats and its counters true", async () => {
  const [ada, ben] = [newUser("ada"), newUser("ben")];
  const client = await live(ada);
  client.inbox.startCounting();
  await makeChat(ben, ada);
  await expect.poll(() => Object.keys(client.getState().wanted)).toHaveLength(1);
  client.close();
  await client.start();
  await expect.poll(() => client.getState().link).toBe("live");
  const chatId = await makeChat(ben, ada);
  await tenant.as(ben)("POST", `/Chat/${chatId}/messages`, { content: "hello" });
  await expect.poll(() => client.getState().chats[chatId]?.chat.unreadCount).toBe(1);
  await expect.poll(() => client.getState().counters?.chats.unreadMessages).toBe(1);
});

test("the counters are true after one's own page has marked messages unread, and has answered over them", async () => {
  const [ada, ben] = [newUser("ada"), newUser("ben")];
  const chatId = await makeChat(ben, ada);
  for (const content of ["one", "two"]) await tenant.as(ben)("POST", `/Chat/${chatId}/messages`, { content });
  const client = await live(ada);
  client.inbox.startCounting();
  const unread = () => client.getState().counters?.chats.unreadMessages;
  await expect.poll(unread).toBe(2);
  const room = client.room(chatId);
  await room.open();
  room.send("an answer");
  await expect.poll(unread).toBe(0);
  await room.markUnread(2);
  await expect.poll(unread).toBe(1);
});

test("one that was closed and is started again shows no chat and no notification that is gone meanwhile", async () => {
  const [ada, ben] = [newUser("ada"), newUser("ben")];
  const [stays, leaves] = [await makeChat(ben, ada), await makeChat(ben, ada)];
  const wanted = { userId: ada, subject: "gone", message: "x" };
  const { body } = await tenant.key()<Notification>("POST", "/Notifications", wanted);
  const client = await live(ada);
  await client.inbox.load("all");
  expect(client.getState().inbox.items[body.id]).toBeDefined();
  client.close();
  await tenant.as(ben)("DELETE", `/Chat/${leaves}/members/${ada}`);
  await tenant.as(ada)("DELETE", `/Notifications/${body.id}`);
  await client.start();
  await expect.poll(() => Object.keys(client.getState().chats)).toEqual([stays]);
  expect(inboxItems(client.getState().inbox, "all")).toEqual([]);
});

test("a room that an app holds goes on, and shows what is true, after a close and a start and after one was out of the chat", async () => {
  const [ada, ben] = [newUser("ada"), newUser("ben")];
  const chatId = await makeChat(ada, ben);
  const post = async (content: string) =>
    (await tenant.as(ada)<Message>("POST", `/Chat/${chatId}/messages`, { content })).body;
  const first = await post("first");
  for (let n = 0; n < 50; n++) await post(`${n}`);
  const client = await live(ben);
  const room = client.room(chatId);
  await room.open();
  await room.loadBackTo(1);
  client.close();
  await tenant.as(ada)("DELETE", `/Chat/${chatId}/messages/${first.id}`);
  await client.start();
  await expect.poll(() => client.getState().link).toBe("live");
  await room.loadBackTo(1);
  expect(room.messages()[0]?.deletedAt).toBeDefined();
  await post("after the start");
  await expect.poll(() => room.messages().at(-1)?.content).toBe("after the start");
  await tenant.as(ada)("DELETE", `/Chat/${chatId}/members/${ben}`);
  await expect.poll(() => client.getState().chats[chatId]).toBeUndefined();
  await tenant.as(ada)("POST", `/Chat/${chatId}/members`, { userIds: [ben] });
  await expect.poll(() => client.getState().chats[chatId]).toBeDefined();
  await room.open();
  expect(room.messages().at(-1)?.content).toBe("after the start");
  await post("back again");
  await expect.poll(() => room.messages().at(-1)?.content).toBe("back again");
});

test("one whose open chat was deleted in a gap goes on without it", async () => {
  const [ada, ben] = [newUser("ada"), newUser("ben")];
  const [chatId, other] = [await makeChat(ben, ada), await makeChat(ben, ada)];
  let tries = 0;
  const forgetful: Transport = (connecting) =>
    hubTransport(++tries === 2 ? { ...connecting, onOpen: () => connecting.onResync("") } : connecting);
  const client = await live(ada, { transports: [forgetful] });
  await Promise.all([chatId, other].map((id) => client.room(id).open()));
  client.setOnline(false);
  await tenant.as(ben)("DELETE", `/Chat/${chatId}`);
  await tenant.as(ben)("POST", `/Chat/${other}/messages`, { content: "missed" });
  client.setOnline(true);
  await expect.poll(() => client.getState().link).toBe("live");
  expect(texts(client, other)).toEqual(["missed"]);
  expect(client.getState().chats[chatId]).toBeUndefined();
});

test("who is signed out while a chat is to be asked for again asks no more until there is a session", async () => {
  const [ada, ben] = [newUser("ada"), newUser("ben")];
  const chatId = await makeChat(ada, ben);
  const token = tenant.token(ada);
  const client = await live(ada, { getToken: () => token });
  const { fetch: real } = globalThis;
  onTestFinished(() => {
    globalThis.fetch = real;
  });
  globalThis.fetch = async (...args) =>
    String(args[0]).endsWith(`/Chat/${chatId}`) ? new Response("{}", { status: 401 }) : real(...args);
  const timers = vi.spyOn(globalThis, "setTimeout");
  onTestFinished(() => timers.mockRestore());
  client.act({ type: "read", chatId, seq: -1, told: true });
  await expect.poll(() => client.getState().link).toBe("signed-out");
  expect(timers.mock.calls.filter(([, pause]) => pause === 2_000)).toEqual([]);
});

test("one that is closed and started again while it loads has one connection, and none once it is closed", async () => {
  const [ada, ben] = [newUser("ada"), newUser("ben")];
  const chatId = await makeChat(ben, ada);
  let open = 0;
  const counted: Transport = (connecting) => {
    open++;
    const connection = streamTransport(connecting);
    return {
      close: () => {
        open--;
        connection.close();
      },
    };
  };
  const heard: string[] = [];
  const client = make(ada, { transports: [counted], onEvent: ({ type }) => heard.push(type) });
  const answers = holdAnswers(/Chat\?limit/u);
  const first = client.start();
  client.close();
  const second = client.start();
  answers.release();
  await Promise.all([first, second]);
  await expect.poll(() => client.getState().link).toBe("live");
  expect(open).toBe(1);
  for (const content of ["one", "two"]) await tenant.as(ben)("POST", `/Chat/${chatId}/messages`, { content });
  await expect.poll(() => client.getState().chats[chatId]?.chat.lastSeq).toBe(2);
  expect(heard).toEqual(["message.created", "message.created"]);
  client.close();
  expect(open).toBe(0);
});

test("a listener of the app that throws costs no event and no connection, and its error is told as its own", async () => {
  const [ada, ben] = [newUser("ada"), newUser("ben")];
  const chatId = await makeChat(ben, ada);
  const told: unknown[] = [];
  Object.assign(globalThis, { reportError: (error: unknown) => told.push(error) });
  let connections = 0;
  const counted: Transport = (connecting) => {
    connections++;
    return streamTransport(connecting);
  };
  const fault = new Error("the app's own");
  const fail = () => {
    throw fault;
  };
  const client = await live(ada, { transports: [counted], onEvent: fail });
  onTestFinished(() => {
    client.close();
    Reflect.deleteProperty(globalThis, "reportError");
  });
  const heard: string[] = [];
  client.onEvent(fail);
  client.onEvent(({ type }) => heard.push(type));
  client.subscribe(fail);
  for (const content of ["one", "two"]) await tenant.as(ben)("POST", `/Chat/${chatId}/messages`, { content });
  await expect.poll(() => client.getState().chats[chatId]?.chat.lastSeq).toBe(2);
  expect(heard).toEqual(["message.created", "message.created"]);
  expect(connections).toBe(1);
  expect(new Set(told)).toEqual(new Set([fault]));
});

test("a list of members that is overtaken by somebody's coming is asked for again", async () => {
  const [ada, ben] = [newUser("ada"), newUser("ben")];
  const chatId = await makeChat(ada);
  const client = await live(ada);
  await client.room(chatId).open();
  const { fetch: real } = globalThis;
  onTestFinished(() => {
    globalThis.fetch = real;
  });
  let letThrough: (() => void) | undefined;
  globalThis.fetch = async (address, init) => {
    const answer = await real(address, init);
    // The first one is held, of before.
    if (String(address).includes("/members?") && !letThrough)
      await new Promise<void>((resolve) => (letThrough = resolve));
    return answer;
  };
  const loading = client.room(chatId).loadMembers();
  await expect.poll(() => letThrough).toBeDefined();
  await tenant.as(ada)("POST", `/Chat/${chatId}/members`, { userId: ben });
  const who = () => client.getState().chats[chatId]?.members?.map(({ userId }) => userId);
  await expect.poll(who).toEqual([ada, ben]);
  letThrough?.();
  await loading;
  await expect.poll(who).toEqual([ada, ben]);
  await new Promise((resolve) => setTimeout(resolve, 100));
  expect(who()).toEqual([ada, ben]);
});

const actions = { send: 6, edit: 2, delete: 2, read: 3, unread: 1, leave: 1, join: 2, rename: 1, blink: 1 } as const;

const step = fc.record({
  action: fc.oneof(
    ...Object.entries(actions).map(([name, weight]) => ({
      weight,
      arbitrary: fc.constant(name as keyof typeof actions),
    })),
  ),
  who: fc.nat(2),
  whom: fc.nat(2),
  n: fc.nat(20),
});
type Step = typeof step extends fc.Arbitrary<infer S> ? S : never;

/** Three people in one chat, each with a page that follows it; what they do goes past their pages. */
class World {
  readonly users: { userId: string; call: Caller; page: Parley }[] = [];
  readonly messageIds: string[] = [];
  chatId = "";

  async prepare(): Promise<this> {
    const ids = [newUser("ada"), newUser("ben"), newUser("cleo")];
    this.chatId = await makeChat(...ids);
    for (const userId of ids) this.users.push({ userId, call: tenant.as(userId), page: await live(userId) });
    await Promise.all(this.users.slice(0, 2).map(({ page }) => openAll(page)));
    return this;
  }

  async take({ action, who, whom, n }: Step): Promise<void> {
    const { userId, call, page } = this.users[who]!;
    const path = `/Chat/${this.chatId}`;
    const message = `${path}/messages/${this.messageIds[n % this.messageIds.length]}`;
    const calls: Record<keyof typeof actions, () => Promise<unknown>> = {
      send: async () => {
        const { status, body } = await call<Message>("POST", `${path}/messages`, { content: `said ${n}` });
        if (status === 201) this.messageIds.push(body.id);
      },
      edit: () => call("PATCH", message, { content: `corrected ${n}` }),
      delete: () => call("DELETE", message),
      read: () => call("PUT", `${path}/read`, { seq: n }),
      unread: () => call("PUT", `${path}/read`, { seq: n, unread: true }),
      leave: () => call("DELETE", `${path}/members/${userId}`),
      join: () => call("POST", `${path}/members`, { userId: this.users[whom]!.userId }),
      rename: () => call("PATCH", path, { name: `name ${n}` }),
      blink: async () => {
        page.setOnline(false);
        page.setOnline(true);
      },
    };
    await calls[action]();
  }

  close(): void {
    for (const { page } of this.users) page.close();
  }
}

test("old state + events = fresh state, whatever happened in between", async () => {
  const histories = fc.array(fc.array(step, { minLength: 1, maxLength: 4 }), { minLength: 4, maxLength: 15 });
  const until = Date.now() + 6000;
  const property = fc.asyncProperty(histories, async (history) => {
    if (Date.now() > until) return; // nothing is cut off: it would go on beside the end of the test
    const world = await new World().prepare();
    for (const atOnce of history) await Promise.all(atOnce.map((one) => world.take(one)));
    for (const { userId, page } of world.users) {
      const fresh = make(userId);
      await fresh.start();
      await openAll(fresh);
      // Opened anew at each look: a page that hears only now that its person was out of the chat has closed it.
      const seen = async () => {
        await openAll(page);
        return view(page);
      };
      await expect.poll(seen).toEqual(view(fresh));
      fresh.close();
    }
    world.close();
  });
  await fc.assert(property, { numRuns: 25, endOnFailure: true });
}, 40_000);
