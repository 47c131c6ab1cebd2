import { setTimeout as sleep } from "node:timers/promises";
import { Client } from "pg";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import type { Chat } from "../domain/chats/schema.ts";
import type { Message } from "../domain/messages/schema.ts";
import { ResumingPage, type ResumingPageOptions } from "./guide/resuming-page.ts";
import { type Caller, type Stack, startStack, type TestTenant } from "./stack.ts";

// What pages get that ask the hub for more than the guides do: whole objects, all kinds of events, and what they missed.

let stack: Stack;
let tenant: TestTenant;
let ada: Caller;
let ben: Caller;
const pages: ResumingPage[] = [];

beforeAll(async () => {
  stack = await startStack();
  tenant = await stack.tenant("acme");
  ada = tenant.as("ada");
  ben = tenant.as("ben");
});
afterAll(async () => {
  await Promise.all(pages.map((page) => page.close()));
  await stack.close();
});

const createChat = async (...memberUserIds: string[]) =>
  (await ada<Chat>("POST", "/Chat", { name: "Crew", memberUserIds })).body;
const say = async (chat: Chat, content: string, extra: object = {}) =>
  (await ada<Message>("POST", `/Chat/${chat.id}/messages`, { content, ...extra })).body;
const until = (condition: () => boolean) => vi.waitUntil(condition, { timeout: 20_000, interval: 10 });
const cursorOf = async (caller: Caller) => (await caller<{ nextCursor: string }>("GET", "/events")).body.nextCursor;

function openPage(userId: string, options: Partial<ResumingPageOptions> = {}, of = tenant): Promise<ResumingPage> {
  const page = new ResumingPage({
    hubUrl: `${of.url}/hub`,
    getAccessToken: () => of.token(userId),
    retryDelays: [300, 300, 1000],
    ...options,
  });
  pages.push(page);
  return page.open();
}

/** Ends the connections of a tenant as a restart of the node would. */
function interrupt(of = tenant): void {
  for (const connection of [...stack.api.realtime.connectionsOf(of.tenantId)]) connection.disconnect("shutdown");
}

describe("events", () => {
  test("with payload=full carry the object, so that nothing has to be fetched", async () => {
    const chat = await createChat("ben");
    const page = await openPage("ben", { query: { payload: "full" } });
    const message = await say(chat, "whole", { metadata: { deck: 3 } });
    await until(() => page.events.length === 1);
    expect(page.events[0]).toEqual({
      type: "Chat",
      id: message.id,
      parentId: chat.id,
      timestamp: message.createdAt,
      seq: 1,
      eventId: expect.stringMatching(/^[\w-]{22}$/),
      payload: message,
    });
  });

  test("with events=all are of every kind, each named and addressed as the table says", async () => {
    const page = await openPage("cleo", { query: { events: "all", payload: "full" } });
    const chat = await createChat("cleo", "ben");
    const { id } = await say(chat, "one");
    await ada("PATCH", `/Chat/${chat.id}/messages/${id}`, { content: "two" });
    await ada("DELETE", `/Chat/${chat.id}/messages/${id}`);
    await ada("PATCH", `/Chat/${chat.id}`, { name: "Renamed" });
    await ada("POST", `/Chat/${chat.id}/members`, { userId: "dora" });
    await ada("PATCH", `/Chat/${chat.id}/members/dora`, { role: "moderator" });
    await ada("DELETE", `/Chat/${chat.id}/members/dora`);
    await tenant.as("cleo")("PUT", `/Chat/${chat.id}/read`, { seq: 1 });
    await ada("DELETE", `/Chat/${chat.id}`);
    await until(() => page.of("ChatDeleted").length === 1);
    const durable = page.events.filter(({ type }) => !["Presence", "Receipt", "Position"].includes(type));
    const member = { type: "MemberAdded", id: "dora", parentId: chat.id };
    const role = { chatId: chat.id, userId: "dora", role: "member" };
    expect(durable).toMatchObject([
      { type: "ChatCreated", id: chat.id, payload: { id: chat.id, memberCount: 3 } },
      { type: "Chat", id, parentId: chat.id, seq: 1, payload: { content: "one" } },
      { type: "MessageEdited", id, parentId: chat.id, seq: 1 },
      { type: "MessageDeleted", id, parentId: chat.id, seq: 1, payload: { content: "" } },
      { type: "ChatUpdated", id: chat.id, payload: { name: "Renamed" } },
      { ...member, payload: role },
      { ...member, type: "MemberUpdated", payload: { ...role, role: "moderator" } },
      { ...member, type: "MemberRemoved" },
      { type: "Read", id: "cleo", parentId: chat.id, payload: { chatId: chat.id, userId: "cleo", seq: 1 } },
      { type: "ChatDeleted", id: chat.id },
    ]);
    expect(durable.filter(({ seq }) => seq !== undefined)).toHaveLength(3);
    expect(new Set(durable.map(({ eventId }) => eventId)).size).toBe(10);
  });

  test("with a list are of these kinds alone, in any letter case", async () => {
    const chat = await createChat("ben");
    const page = await openPage("ben", { query: { events: "memberadded, MessageEdited,Nonsense" } });
    const { id } = await say(chat, "x");
    await ada("PATCH", `/Chat/${chat.id}/messages/${id}`, { content: "y" });
    await ada("POST", `/Chat/${chat.id}/members`, { userId: "dora" });
    await until(() => page.events.length >= 2);
    expect(page.events.map(({ type }) => type)).toEqual(["MessageEdited", "MemberAdded"]);
  });

  test("of others' typing, reading and coming come to the members of the chat, and to nobody else", async () => {
    const chat = await createChat("finn");
    const query = { events: "Typing,Presence,Receipt,Read" };
    const [page, own, stranger] = await Promise.all([
      openPage("finn", { query }),
      openPage("ada", { query }),
      openPage("eve", { query }),
    ]);
    const { seq } = await say(chat, "typed");
    await ada("POST", `/Chat/${chat.id}/typing`);
    await ada("PUT", `/Chat/${chat.id}/read`, { seq });
    await until(() => page.of("Typing").length > 0 && page.of("Receipt").length > 0);
    await until(() => page.of("Presence").some(({ id }) => id === "ada"));
    expect(page.of("Typing")[0]).toMatchObject({
      id: "ada",
      parentId: chat.id,
      payload: { chatId: chat.id, userId: "ada", until: expect.stringMatching(/Z$/) },
    });
    expect(page.of("Receipt")[0]).toMatchObject({ parentId: chat.id, payload: { userId: "ada", seq } });
    expect(page.of("Presence").find(({ id }) => id === "ada")?.payload).toMatchObject({
      userId: "ada",
      state: "online",
    });
    expect(page.events.every(({ eventId }) => eventId === undefined)).toBe(true);
    expect(own.of("Typing")).toEqual([]);
    expect(stranger.events.filter(({ id }) => id !== "eve")).toEqual([]);
  });

  test("start with the event that adds one, and end with the one that removes one", async () => {
    const chat = await createChat("ben");
    const page = await openPage("gwen", { query: { events: "all" } });
    await say(chat, "before");
    await ada("POST", `/Chat/${chat.id}/members`, { userId: "gwen" });
    await say(chat, "during");
    await ada("DELETE", `/Chat/${chat.id}/members/gwen`);
    await Promise.all([say(chat, "after"), ada("POST", `/Chat/${chat.id}/typing`)]);
    const other = await createChat("gwen");
    await until(() => page.of("ChatCreated").length === 1);
    const heard = page.events.filter(({ parentId }) => parentId === chat.id);
    expect(heard.map(({ type }) => type)).toEqual(["MemberAdded", "Chat", "MemberRemoved"]);
    expect(page.of("ChatCreated")[0]?.id).toBe(other.id);
  });
});

describe("resuming", () => {
  const contents = (page: ResumingPage) => page.of("Chat").map(({ payload }) => payload?.content);

  test("after an interruption brings what was missed once, in order, own sends included, then goes live", async () => {
    const resumer = await stack.tenant("resume");
    const [una, vic] = [resumer.as("una"), resumer.as("vic")];
    const chat = (await una<Chat>("POST", "/Chat", { memberUserIds: ["vic"] })).body;
    const send = (caller: Caller, content: string) =>
      caller("POST", `/Chat/${chat.id}/messages`, { content, clientId: "tab-of-una" });
    const query = { payload: "full" };
    const [page, tab] = await Promise.all([
      openPage("vic", { query }, resumer),
      openPage("una", { query, clientId: "tab-of-una" }, resumer),
    ]);
    await send(una, "before");
    await send(vic, "heard");
    await until(() => contents(page).length === 2 && contents(tab).length === 1);
    const back = Promise.all(
      [page, tab].map(({ connection }) => new Promise((resolve) => connection.onreconnected(resolve))),
    );
    interrupt(resumer);
    for (let i = 0; i < 5; i++) await send(una, `missed ${i}`);
    await back;
    await send(vic, "live");
    await send(una, "live and mine");
    await until(() => contents(page).length >= 9 && contents(tab).includes("live"));
    const missed = Array.from({ length: 5 }, (_, i) => `missed ${i}`);
    expect(contents(page)).toEqual(["before", "heard", ...missed, "live", "live and mine"]);
    // Replay has no client id: what the tab sent while it was away, it is told.
    expect(contents(tab)).toEqual(["heard", ...missed, "live"]);
  });

  test("from the position of a loaded list leaves no hole and repeats nothing, while others write", async () => {
    const chat = await createChat("ben");
    const writing = (async () => {
      for (let i = 0; i < 60; i++) await say(chat, `m${i}`);
    })();
    await sleep(50);
    const list = await ben<{ data: Message[] }>("GET", `/Chat/${chat.id}/messages?limit=200`);
    const since = list.headers.get("x-event-cursor") ?? "";
    const page = await openPage("ben", { since });
    await writing;
    await until(() => page.of("Chat").at(-1)?.seq === 60);
    const loaded = new Set(list.body.data.map(({ seq }) => seq));
    const later = page.of("Chat").flatMap(({ seq }) => (seq === undefined || loaded.has(seq) ? [] : [seq]));
    expect([...[...loaded].reverse(), ...later]).toEqual(Array.from({ length: 60 }, (_, i) => i + 1));
  });

  test("ends with a Position that keeps a quiet reader's cursor young, where all events are asked for", async () => {
    const chat = await createChat("ben");
    const since = await cursorOf(ben);
    const all = await openPage("ben", { since, query: { events: "all" } });
    await until(() => all.of("Position").length === 1);
    await say(chat, "x");
    await until(() => all.of("Chat").length === 1);
    expect(all.of("Position")[0]).toEqual({ type: "Position", eventId: expect.any(String) });
    const plain = await openPage("ben", { since });
    await until(() => plain.of("Chat").length === 1);
    expect(plain.of("Position")).toEqual([]);
  });

  describe("with a cursor of no use tells to reload, once, and goes live", () => {
    const ahead = async () => {
      const { cursors } = stack.api.services;
      const { epoch, position } = cursors.decode(tenant.tenantId, await cursorOf(ben));
      return cursors.encode(tenant.tenantId, epoch, position + 1000);
    };
    const foreign = async () => cursorOf((await stack.tenant("umbra")).as("ben"));
    test.each<[string, string, () => Promise<string>]>([
      ["garbage", "invalid", async () => "not-a-cursor"],
      ["of another tenant", "invalid", foreign],
      ["ahead of the log", "expired", ahead],
    ])("%s", async (_name, reason, cursor) => {
      const chat = await createChat("ben");
      const page = await openPage("ben", { since: await cursor() });
      await say(chat, "live");
      await until(() => page.of("Chat").length === 1);
      expect(page.events[0]).toEqual({ type: "Resync", reason, eventId: expect.any(String) });
      expect(page.events).toHaveLength(2);
      // What it is told is a cursor to go on from.
      const again = await openPage("ben", { since: page.events[0]?.eventId ?? "" });
      await until(() => again.of("Chat").length >= 1);
      expect(again.of("Resync")).toEqual([]);
    });

    test("too old", async () => {
      const old = await stack.tenant("old");
      const una = old.as("una");
      const since = await cursorOf(una);
      await una("POST", "/Chat", {});
      const client = new Client({ connectionString: stack.database.ownerUrl });
      await client.connect();
      await client.query("update tenant_log set floor = position where tenant_id = 'old'");
      await client.end();
      const page = await openPage("una", { since }, old);
      await until(() => page.events.length === 1);
      expect(page.events[0]).toMatchObject({ type: "Resync", reason: "expired" });
    });

    test("and says nothing of it to who sent no cursor", async () => {
      const chat = await createChat("ben");
      const page = await openPage("ben", { query: { events: "all" } });
      await say(chat, "live");
      await until(() => page.of("Chat").length === 1);
      expect(page.of("Resync")).toEqual([]);
    });
  });
});
