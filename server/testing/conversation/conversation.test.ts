import { afterAll, beforeAll, expect, test, vi } from "vitest";
import type { Chat } from "../../domain/chats/schema.ts";
import type { Message } from "../../domain/messages/schema.ts";
import type { Envelope, EventType } from "../../events.ts";
import { startWorker } from "../../jobs/worker.ts";
import { type AlternatingProxy, openAlternatingProxy } from "../alternating-proxy.ts";
import { eventually } from "../hub-client.ts";
import { type Caller, configFor, type Stack, startStack, type TestTenant } from "../stack.ts";
import { type HeardEvent, type Joined, parties } from "./parties.ts";

// The official clients against each other, over two nodes and a balancer that sends each request to the other one.

const events = 200;
/** Of them, messages and both chats that are deleted at the end. */
const deletions = 23;
const kinds: EventType[] = [
  "chat.created",
  "chat.updated",
  "chat.deleted",
  "message.created",
  "message.edited",
  "message.deleted",
  "member.added",
  "member.updated",
  "member.removed",
];
const inOrder = (events: HeardEvent[]) => events;
const byChat = (events: HeardEvent[]) =>
  new Map(events.map(({ chatId }) => [chatId, events.filter((event) => event.chatId === chatId)]));
const people = parties.map((_, index) => `party-${index}`);
let stack: Stack;
let tenant: TestTenant;
let proxy: AlternatingProxy;
let ada: Caller;
let worker: { close(): Promise<void> };

beforeAll(async () => {
  stack = await startStack();
  tenant = await stack.tenant("talk");
  const { url } = await stack.another();
  proxy = await openAlternatingProxy([stack.url, url]);
  ada = tenant.as("ada");
  worker = await startWorker(configFor(stack.database), { look: 50 });
});
afterAll(async () => {
  await worker.close();
  await proxy.close();
  await stack.close();
});

interface Said {
  chatId: string;
  id: string;
}

/** Events of the durable kinds that all members see: by REST, and by each party's own protocol in turn. */
async function converse(joined: Joined[], count: number): Promise<{ chats: string[]; said: Said[] }> {
  const make = async () => (await ada<Chat>("POST", "/Chat", { name: "Talk", memberUserIds: people })).body.id;
  const chats = [await make(), await make()];
  const said: Said[] = [];
  for (let made = chats.length, turn = 0; made < count; turn++) {
    const chatId = chats[turn % 2] ?? "";
    const at = `/Chat/${chatId}`;
    await joined[turn % joined.length]?.say(chatId, `Turn ${turn}: Grüße, 👋 und ein \u2028 Zeichen`);
    const { id } = (await ada<Message>("POST", `${at}/messages`, { content: `turn ${turn}` })).body;
    said.push({ chatId, id });
    const steps: [string, string, object?][] = [
      ["PATCH", `${at}/messages/${id}`, { content: "edited" }],
      ["PATCH", at, { name: `Talk ${turn}` }],
      ["POST", `${at}/members`, { userId: `guest-${turn}` }],
      ["PATCH", `${at}/members/guest-${turn}`, { role: "moderator" }],
      ["DELETE", `${at}/members/guest-${turn}`],
    ];
    made += 2;
    for (const [method, path, body] of steps.slice(0, count - made)) {
      expect((await ada(method, path, body)).status).toBe(200);
      made++;
    }
  }
  return { chats, said };
}

/** Adds to a list what the log holds after it, page by page. */
async function readOn(log: HeardEvent[], after: string): Promise<void> {
  for (let cursor = log.at(-1)?.eventId ?? after; ; ) {
    const { body } = await tenant.key()<{ data: Envelope[]; nextCursor: string }>(
      "GET",
      `/events?after=${cursor}&limit=200`,
    );
    if (body.data.length === 0) return;
    for (const { eventId, type, chatId, seq, data } of body.data) log.push({ eventId, type, chatId, seq, data });
    cursor = body.nextCursor;
  }
}

test("a scripted conversation of 200 events: each side's list is the log", { timeout: 300_000 }, async () => {
  const { body } = await tenant.key()<{ nextCursor: string }>("GET", "/events");
  const joined = await Promise.all(
    parties.map((party, index) => {
      const userId = people[index] ?? "";
      const token = () => tenant.token(userId);
      return party.join({ url: proxy.url, tenantId: "talk", userId, token, backend: tenant.key() });
    }),
  );
  const log: HeardEvent[] = [];
  const compare = () => {
    for (const [index, { name, order }] of parties.entries()) {
      const told = order === "chat" ? byChat : inOrder;
      expect(told(joined[index]?.heard ?? []), name).toEqual(told(log));
    }
  };
  const allAlike = async () => {
    await readOn(log, body.nextCursor);
    const heardAll = () => joined.every(({ heard }) => heard.length >= log.length);
    await vi.waitUntil(heardAll, { timeout: 40_000, interval: 50 }).catch(() => {}); // what is missing, the comparison tells
    compare();
  };
  const { chats, said } = await converse(joined, events - deletions);
  await allAlike(); // before anything is deleted: its text goes from the log with it
  for (const { chatId, id } of said.slice(0, deletions - chats.length))
    expect((await ada("DELETE", `/Chat/${chatId}/messages/${id}`)).status).toBe(200);
  for (const chatId of chats) expect((await ada("DELETE", `/Chat/${chatId}`)).status).toBe(200);
  await allAlike();
  expect(log).toHaveLength(events);
  expect(new Set(log.map(({ type }) => type))).toEqual(new Set(kinds));
  await Promise.all(joined.map((each) => each.leave()));
  await eventually(() => expect(stack.api.realtime.size).toBe(0));
  compare(); // nothing came late and once more
});
