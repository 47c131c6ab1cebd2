import { afterAll, beforeAll, beforeEach, expect, test, vi } from "vitest";
import type { TenantId } from "../auth/principal.ts";
import { Owner } from "../testing/chaos/owner.ts";
import { appOf, RawPusher } from "../testing/pusher-client.ts";
import { type Stack, startStack, type TestTenant } from "../testing/stack.ts";
import { ChatPresence } from "./chat-presence.ts";
import type { ChannelListener, OutgoingChannel } from "./local-channel.ts";
import { putPresence } from "./store.ts";

let stack: Stack;
let tenant: TestTenant;
let owner: Owner;
let tenantId: TenantId;
let nodeId: string;
let errors: unknown[];

beforeAll(async () => {
  stack = await startStack();
  tenant = await stack.tenant("acme");
  ({ tenantId } = tenant);
  owner = await Owner.open(stack.database.ownerUrl);
  nodeId = (await owner.client.query("select id from nodes")).rows[0].id;
});
beforeEach(() => {
  errors = [];
});
afterAll(async () => {
  await owner.close();
  await stack.close();
});

function openPresence(shows?: () => Promise<boolean>): ChatPresence {
  const { pool } = stack.api.services.db;
  return new ChatPresence({ pool, onError: (error) => errors.push(error), ...(shows ? { shows } : {}) });
}

class Recorder implements ChannelListener {
  readonly id = crypto.randomUUID();
  readonly told: string[] = [];

  hear({ news }: OutgoingChannel): void {
    if (news.kind === "joined" || news.kind === "left") this.told.push(`${news.kind} ${news.userId}`);
    if (news.kind === "state") this.told.push(`${news.state.state} ${news.state.userId}`);
  }

  taken(channel: string): void {
    this.told.push(`taken ${channel}`);
  }
}

/** Written as by a node whose word of it is lost. */
const write = (userId: string, state: "online" | "away" | "gone") =>
  putPresence(stack.api.services.db.pool, tenantId, nodeId, [{ userId, state }]);

async function listen(presence: ChatPresence, chatId = "") {
  const listener = new Recorder();
  await presence.join({ tenantId, chatId, channel: `presence-chat-${chatId}` }, listener);
  return listener;
}

async function rounds(presence: ChatPresence, count = 10): Promise<void> {
  for (let i = 0; i < count; i++) await presence.keepHouse();
}

/** So often the database is asked who is there. */
async function looksDuring(work: () => Promise<void>): Promise<number> {
  const asked = vi.spyOn(stack.api.services.db.pool, "query");
  await work();
  const looks = asked.mock.calls.filter(([query]) => JSON.stringify(query).includes("chat_presence_v1")).length;
  asked.mockRestore();
  return looks;
}

async function withFault(during: () => Promise<void>): Promise<void> {
  await owner.client.query("alter function chat_presence_v1 rename to out_of_order");
  await during().finally(() => owner.client.query("alter function out_of_order rename to chat_presence_v1"));
}

test("who came or went without a word is told within ten rounds, once; where nobody listens nothing is asked", async () => {
  const [chatId] = await owner.makeChats("acme", 1, ["ben", "cleo", "dan"]);
  await write("ben", "online");
  await write("dan", "online");
  const presence = openPresence();
  const listener = await listen(presence, chatId);
  await write("cleo", "online");
  await write("dan", "gone");
  await rounds(presence);
  expect(listener.told.toSorted()).toEqual(["joined cleo", "left dan"]);
  expect(await looksDuring(() => rounds(presence, 20))).toBe(2);
  expect(listener.told).toHaveLength(2);
  await write("cleo", "gone");
  await rounds(presence);
  expect(listener.told.at(-1)).toBe("left cleo");
  presence.leave(tenantId, chatId ?? "", listener);
  expect(await looksDuring(() => rounds(presence, 20))).toBe(0);
  await write("ben", "gone");
});

test("what could not be looked up is told when it can be, with the newest that is known", async () => {
  const [chatId = ""] = await owner.makeChats("acme", 1, ["ben", "eve"]);
  const presence = openPresence();
  const listener = await listen(presence, chatId);
  const say = (state: "online" | "away") =>
    presence.news(tenantId, { userId: "eve", state, lastSeen: new Date(0).toISOString() }, [chatId]);
  await withFault(async () => {
    await write("eve", "online");
    say("online");
    await expect.poll(() => errors.length).toBe(1);
    await write("eve", "away");
    say("away");
    await expect.poll(() => errors.length).toBe(2);
    await expect(rounds(presence)).rejects.toMatchObject({ code: "42883" });
  });
  expect(listener.told).toEqual([]);
  await rounds(presence);
  expect(listener.told).toEqual(["joined eve", "away eve"]);
  await write("eve", "gone");
});

test("of many chats a part is looked at in each round, and one that fails keeps only itself from it", async () => {
  const chatIds = await owner.makeChats("acme", 120, ["ben", "fay"]);
  const presence = openPresence();
  const listeners = await Promise.all(chatIds.map((chatId) => listen(presence, chatId)));
  await write("fay", "online");
  await rounds(presence, 9);
  await withFault(async () => {
    await expect(presence.keepHouse()).rejects.toBeDefined();
  });
  expect([await looksDuring(() => presence.keepHouse()), await looksDuring(() => presence.keepHouse())]).toEqual([
    50, 50,
  ]);
  await rounds(presence, 20);
  expect(listeners.filter(({ told }) => told.join() !== "joined fay")).toEqual([]);
  await write("fay", "gone");
});

test("where presence is shown no more, nothing more is told: listeners are sent away at the next look", async () => {
  const [quiet = "", moving = ""] = await owner.makeChats("acme", 2, ["ben", "gil"]);
  await write("gil", "online");
  let shown = true;
  const presence = openPresence(async () => shown);
  const [first, second] = [await listen(presence, quiet), await listen(presence, moving)];
  shown = false;
  await write("gil", "gone");
  presence.moved({ tenantId, chatId: moving, type: "member.removed", payload: { userId: "gil" } } as never);
  await expect.poll(() => second.told).toEqual([`taken presence-chat-${moving}`]);
  await rounds(presence);
  expect(first.told).toEqual([`taken presence-chat-${quiet}`]);
});

test("a page loses the channel when the tenant switches presence off, and does not get it back by an old grant", async () => {
  const { id } = (await tenant.as("ada")<{ id: string }>("POST", "/Chat", { memberUserIds: ["ben"] })).body;
  const channel = `presence-chat-${id}`;
  const raw = await RawPusher.open(stack.url, (await appOf(tenant)).key);
  const asked = { socket_id: raw.socketId, channel_name: channel };
  const { auth } = (await tenant.as("ben")<{ auth: string }>("POST", "/pusher/auth", asked)).body;
  raw.send("pusher:subscribe", { channel, auth });
  await raw.next("pusher_internal:subscription_succeeded");
  await tenant.key()("PATCH", "/admin/tenant", { settings: { presence: false } });
  const refusal = { channel, data: { status: 403, type: "AuthError" } };
  const refusals = () => raw.all("pusher:subscription_error");
  // Looked at every ten rounds, of a second or more.
  await expect.poll(refusals, { timeout: 40_000 }).toMatchObject([refusal]);
  raw.send("pusher:subscribe", { channel, auth });
  await expect.poll(refusals).toMatchObject([refusal, refusal]);
  raw.socket.terminate();
}, 80_000);
