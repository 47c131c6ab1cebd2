import { afterAll, beforeAll, expect, test } from "vitest";
import type { Chat } from "../../domain/chats/schema.ts";
import type { Message } from "../../domain/messages/schema.ts";
import type { Envelope } from "../../events.ts";
import { startWorker } from "../../jobs/worker.ts";
import { type AlternatingProxy, openAlternatingProxy } from "../alternating-proxy.ts";
import { eventually } from "../hub-client.ts";
import { type Caller, configFor, type Stack, startStack, type TestTenant } from "../stack.ts";
import { type HeardEvent, type Joined, parties } from "./parties.ts";

// The official clients against each other, over two nodes and a balancer that sends each request to the other one.

const events = 200;
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

/** 200 events of every durable kind that all members see: by REST, and by each party's own protocol in turn. */
async function converse(joined: Joined[]): Promise<void> {
  const make = async () => (await ada<Chat>("POST", "/Chat", { name: "Talk", memberUserIds: people })).body.id;
  const chats = [await make(), await make()];
  for (let made = chats.length, turn = 0; made < events; turn++) {
    const chatId = chats[turn % 2] ?? "";
    const at = `/Chat/${chatId}`;
    await joined[turn % joined.length]?.say(chatId, `Turn ${turn}: Grüße, 👋 und ein \u2028 Zeichen`);
    const { id } = (await ada<Message>("POST", `${at}/messages`, { content: `turn ${turn}` })).body;
    const steps: [string, string, object?][] = [
      ["PATCH", `${at}/messages/${id}`, { content: "edited" }],
      ["DELETE", `${at}/messages/${id}`],
      ["PATCH", at, { name: `Talk ${turn}` }],
      ["POST", `${at}/members`, { userId: `guest-${turn}` }],
      ["PATCH", `${at}/members/guest-${turn}`, { role: "moderator" }],
      ["DELETE", `${at}/members/guest-${turn}`],
    ];
    made += 2;
    for (const [method, path, body] of steps.slice(0, events - made)) {
      expect((await ada(method, path, body)).status).toBe(200);
      made++;
    }
  }
}

/** What the log holds, page by page. */
async function readLog(after: string): Promise<HeardEvent[]> {
  const log: HeardEvent[] = [];
  for (let cursor = after; ; ) {
    const { body } = await tenant.key()<{ data: Envelope[]; nextCursor: string }>(
      "GET",
      `/events?after=${cursor}&limit=200`,
    );
    if (body.data.length === 0) return log;
    for (const { eventId, type, chatId, seq } of body.data) log.push({ eventId, type, chatId, seq });
    cursor = body.nextCursor;
  }
}

test("a scripted conversation of 200 events: each side's list is the log", { timeout: 60_000 }, async () => {
  const { body } = await tenant.key()<{ nextCursor: string }>("GET", "/events");
  const joined = await Promise.all(
    parties.map((party, index) => {
      const userId = people[index] ?? "";
      const token = () => tenant.token(userId);
      return party.join({ url: proxy.url, tenantId: "talk", userId, token, backend: tenant.key() });
    }),
  );
  await converse(joined);
  const log = await readLog(body.nextCursor);
  expect(log).toHaveLength(events);
  for (const [index, { heard }] of joined.entries()) {
    await eventually(() => expect(joined[index]?.heard.length, parties[index]?.name).toBeGreaterThanOrEqual(events));
    expect(joined[index]?.heard ?? heard, parties[index]?.name).toEqual(log);
  }
  await Promise.all(joined.map((each) => each.leave()));
  await eventually(() => expect(stack.api.realtime.size).toBe(0));
});
