import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { eventually } from "../../testing/hub-client.ts";
import { RecordingSink } from "../../testing/recording-sink.ts";
import { type Caller, type Stack, startStack, type TestTenant } from "../../testing/stack.ts";
import type { Chat } from "../chats/schema.ts";
import { moveRead } from "./store.ts";

interface Seen {
  userId: string;
  lastReadSeq: number;
}

interface Moved {
  chatId: string;
  lastReadSeq: number;
  unreadCount: number;
}

let stack: Stack;
let tenant: TestTenant;
let ada: Caller;
let ben: Caller;

beforeAll(async () => {
  stack = await startStack();
  tenant = await stack.tenant("acme");
  ada = tenant.as("ada");
  ben = tenant.as("ben");
});
afterAll(() => stack.close());

async function chatOf(count: number): Promise<Chat> {
  const chat = (await ada<Chat>("POST", "/Chat", { memberUserIds: ["ben", "cleo"] })).body;
  for (let i = 0; i < count; i++) await ada("POST", `/Chat/${chat.id}/messages`, { content: `m${i}` });
  return chat;
}
const move = (caller: Caller, chat: Chat, body: unknown, query = "") =>
  caller<Moved>("PUT", `/Chat/${chat.id}/read${query}`, body);
/** Resolves when the node has said the receipts of by now, whoever hears them; told by one in another tenant. */
async function receiptsSaid(): Promise<void> {
  const { tenantId, as } = await stack.tenant("elsewhere");
  const { id } = (await as("dora")<Chat>("POST", "/Chat", { memberUserIds: ["eli"] })).body;
  const sink = new RecordingSink();
  const subscription = await stack.api.realtime.subscribe({ tenantId, userId: "dora", sink });
  await as("eli")("PUT", `/Chat/${id}/read`, { seq: 0 });
  await eventually(() => expect(sink.ephemerals.map(({ type }) => type)).toContain("receipt"));
  subscription.close();
}
const cursor = async (caller: Caller) => (await caller<{ nextCursor: string }>("GET", "/events")).body.nextCursor;
const since = async (caller: Caller, after: string) =>
  (await caller<{ data: object[] }>("GET", `/events?after=${after}`)).body.data;

describe("succeeds", () => {
  test("forwards only", async () => {
    const chat = await chatOf(5);
    expect(await move(ben, chat, { seq: 3 })).toMatchObject({
      status: 200,
      body: { chatId: chat.id, lastReadSeq: 3, unreadCount: 2 },
    });
    expect((await move(ben, chat, { seq: 1 })).body).toMatchObject({ lastReadSeq: 3, unreadCount: 2 });
    expect((await move(ben, chat, { SEQ: 5 })).body).toMatchObject({ lastReadSeq: 5, unreadCount: 0 });
    expect((await ben<Chat>("GET", `/Chat/${chat.id}`)).body).toMatchObject({ lastReadSeq: 5, unreadCount: 0 });
    expect((await tenant.as("cleo")<Chat>("GET", `/Chat/${chat.id}`)).body.unreadCount).toBe(5);
  });

  test("at most to the last message: what comes later is unread", async () => {
    const chat = await chatOf(2);
    expect((await move(ben, chat, { seq: Number.MAX_SAFE_INTEGER })).body.lastReadSeq).toBe(2);
    await ada("POST", `/Chat/${chat.id}/messages`, { content: "later" });
    expect((await ben<Chat>("GET", `/Chat/${chat.id}`)).body.unreadCount).toBe(1);
  });

  test("back with unread: from that message on, and forwards again", async () => {
    const chat = await chatOf(5);
    await move(ben, chat, { seq: 5 });
    expect((await move(ben, chat, { seq: 4, unread: true })).body).toMatchObject({ lastReadSeq: 3, unreadCount: 2 });
    expect((await move(ben, chat, { seq: 0, unread: true })).body).toMatchObject({ lastReadSeq: 0, unreadCount: 5 });
    expect((await move(ben, chat, { seq: 5, unread: false })).body.unreadCount).toBe(0);
    expect((await move(ben, chat, { seq: 3, unread: null })).body.lastReadSeq).toBe(5);
  });

  test("back with unread, never forwards: what was not read stays unread, to oneself and to others", async () => {
    const chat = await chatOf(6);
    await move(ben, chat, { seq: 2 });
    const before = await cursor(ben);
    expect((await move(ben, chat, { seq: 5, unread: true })).body).toMatchObject({ lastReadSeq: 2, unreadCount: 4 });
    expect(await since(ben, before)).toEqual([]);
    const { data } = (await ada<{ data: Seen[] }>("GET", `/Chat/${chat.id}/members?expand=true`)).body;
    expect(data.find(({ userId }) => userId === "ben")?.lastReadSeq).toBe(2);
  });

  test("in the address too, with an empty body that says JSON", async () => {
    const chat = await chatOf(2);
    const headers = { "content-type": "application/json; charset=utf-8" };
    const answer = await ben<Moved>("PUT", `/Chat/${chat.id}/Read?seq=2`, "", headers);
    expect(answer).toMatchObject({ status: 200, body: { unreadCount: 0 } });
    expect((await move(ben, chat, undefined, "?seq=2&unread=True")).body.unreadCount).toBe(1);
  });

  test("with one event for the mover's own devices and none for others", async () => {
    const chat = await chatOf(3);
    const [bens, adas] = [await cursor(ben), await cursor(ada)];
    await move(ben, chat, { seq: 3 });
    await move(ben, chat, { seq: 2 });
    expect(await since(ben, bens)).toMatchObject([
      { type: "read.moved", chatId: chat.id, data: { chatId: chat.id, userId: "ben", seq: 3 } },
    ]);
    expect((await since(ben, bens))[0]).not.toHaveProperty("seq");
    expect(await since(ada, adas)).toEqual([]);
  });

  test("back for oneself alone: no receipt of the others goes back with it", async () => {
    const chat = await chatOf(3);
    const sink = new RecordingSink();
    const heard = () => sink.ephemerals.flatMap(({ chatId, payload }) => (chatId === chat.id ? [payload.seq] : []));
    const subscription = await stack.api.realtime.subscribe({ tenantId: tenant.tenantId, userId: "ada", sink });
    await move(ben, chat, { seq: 3 });
    await eventually(() => expect(heard()).toEqual([3]));
    await move(ben, chat, { seq: 2, unread: true });
    await move(ben, chat, { seq: 2 });
    await move(tenant.as("cleo"), chat, { seq: 1 });
    await eventually(() => expect(heard()).toEqual([3, 1]));
    subscription.close();
  });

  test("back for oneself alone: whoever comes later is told of no place before the one that they load", async () => {
    const chat = await chatOf(5);
    await move(ben, chat, { seq: 4 });
    await move(ben, chat, { seq: 2, unread: true });
    await receiptsSaid();
    const sink = new RecordingSink();
    const heard = () => sink.ephemerals.flatMap(({ chatId, payload }) => (chatId === chat.id ? [payload.seq] : []));
    const subscription = await stack.api.realtime.subscribe({ tenantId: tenant.tenantId, userId: "ada", sink });
    await move(ben, chat, { seq: 3 });
    await move(tenant.as("cleo"), chat, { seq: 1 });
    await eventually(() => expect(heard()).toEqual([1]));
    await move(ben, chat, { seq: 5 });
    await eventually(() => expect(heard()).toEqual([1, 5]));
    subscription.close();
  });

  test("back for oneself alone, also to who asks later: others see the furthest that one has read", async () => {
    const chat = await chatOf(5);
    const ofBen = async (caller: Caller, path = `/Chat/${chat.id}/members?expand=true`) =>
      (await caller<{ data: Seen[] }>("GET", path)).body.data.find(({ userId }) => userId === "ben")?.lastReadSeq;
    const seen = async () => [
      await ofBen(ada),
      await ofBen(ada, `/Chat/${chat.id}/members?expand=true&limit=50`),
      await ofBen(tenant.key(), `/admin/chats/${chat.id}/members`),
      await ofBen(ben),
    ];
    await move(ben, chat, { seq: 4 });
    expect(await seen()).toEqual([4, 4, 4, 4]);
    await move(ben, chat, { seq: 2, unread: true });
    expect(await seen()).toEqual([4, 4, 4, 1]);
    await move(ben, chat, { seq: 3 });
    await move(ben, chat, { seq: 3, unread: true });
    expect(await seen()).toEqual([4, 4, 4, 2]);
    await ben("POST", `/Chat/${chat.id}/messages`, { content: "who sends has read" });
    expect(await seen()).toEqual([6, 6, 6, 6]);
  });

  test("to the furthest when many come at once", async () => {
    const chat = await chatOf(20);
    const answers = await Promise.all(Array.from({ length: 20 }, (_, i) => move(ben, chat, { seq: 20 - i })));
    expect(answers.map(({ status }) => status)).toEqual(Array(20).fill(200));
    expect((await ben<Chat>("GET", `/Chat/${chat.id}`)).body).toMatchObject({ lastReadSeq: 20, unreadCount: 0 });
  });
});

test.each([
  ["nothing", {}],
  ["null", { seq: null }],
  ["a fraction", { seq: 1.5 }],
  ["a word", { seq: "two" }],
  ["less than nothing", { seq: -1 }],
  ["more than there can be", { seq: 1e300 }],
])("bad input: %s", async (_name, body) => {
  expect(await move(ben, await chatOf(1), body)).toMatchObject({
    status: 400,
    body: { code: "invalid", errors: { seq: expect.arrayContaining([expect.any(String)]) } },
  });
});

test("not a member, not any more, and other tenants get 404", async () => {
  const chat = await chatOf(1);
  const other = await stack.tenant("umbra");
  expect((await move(tenant.as("eve"), chat, { seq: 1 })).status).toBe(404);
  expect((await move(other.as("ben"), chat, { seq: 1 })).status).toBe(404);
  await ben("DELETE", `/Chat/${chat.id}/members/ben`);
  expect((await move(ben, chat, { seq: 1 })).status).toBe(404);
});

test.each<[moves: [seq: number, back: boolean][], end: number, furthest: number]>([
  [
    [
      [8, false],
      [1, true],
    ],
    0,
    8,
  ],
  [
    [
      [8, false],
      [5, true],
      [3, false],
    ],
    4,
    8,
  ],
  [
    [
      [5, true],
      [9, false],
      [7, false],
    ],
    9,
    9,
  ],
  [
    [
      [2, true],
      [6, true],
      [1, false],
    ],
    1,
    1,
  ],
  [
    [
      [9, false],
      [3, true],
      [5, false],
      [8, true],
      [0, false],
    ],
    5,
    9,
  ],
])("moves that are committed together end where they would one after the other: %j", async (moves, end, furthest) => {
  const { id: chatId } = await chatOf(10);
  const { db } = stack.api.services;
  const store = ([seq, back]: [number, boolean]) => moveRead(db, tenant.tenantId, { chatId, userId: "ben", seq, back });
  const moved = await Promise.all(moves.map(store));
  expect(moved.at(-1)?.seq).toBe(end);
  const { data } = (await ada<{ data: Seen[] }>("GET", `/Chat/${chatId}/members?expand=true`)).body;
  expect(data.find(({ userId }) => userId === "ben")?.lastReadSeq).toBe(furthest);
});
