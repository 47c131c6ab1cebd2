import type PusherJs from "pusher-js";
import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from "vitest";
import type { Message } from "../../domain/messages/schema.ts";
import type { LiveConnection } from "../../realtime/live-connection.ts";
import { openCutProxy } from "../../testing/cut-proxy.ts";
import { eventually } from "../../testing/hub-client.ts";
import { appOf, authBy, type PusherCredentials, stockPusher } from "../../testing/pusher-client.ts";
import { type Caller, type Stack, startStack, type TestTenant } from "../../testing/stack.ts";
import type { LogChannel } from "./catch-up.ts";

// What a page of the stock client has missed, and gets by a cursor in its auth call.

let stack: Stack;
let tenant: TestTenant;
let app: PusherCredentials;
let other: string;
let second: Awaited<ReturnType<Stack["another"]>>;
let ada: Caller;
const pages: PusherJs[] = [];

beforeAll(async () => {
  stack = await startStack();
  tenant = await stack.tenant("acme");
  second = await stack.another();
  other = second.url;
  app = await appOf(tenant);
  ada = tenant.as("ada");
});
afterEach(() => {
  for (const page of pages.splice(0)) page.disconnect();
});
afterAll(() => stack.close());

type Heard = [event: string, data: { eventId?: string; seq?: number; data: Record<string, unknown>; reason?: string }];

const createChat = async (...memberUserIds: string[]) =>
  (await ada<{ id: string }>("POST", "/Chat", { name: "Crew", memberUserIds })).body.id;
const say = async (chatId: string, content: string, extra: object = {}) =>
  (await ada<Message>("POST", `/Chat/${chatId}/messages`, { content, ...extra })).body;
const cursorOf = async (caller: Caller) => (await caller<{ nextCursor: string }>("GET", "/events")).body.nextCursor;

/** Live events that a connection keeps until a channel has caught up. */
function waitingOf(connection: LiveConnection, channel: string): unknown[] {
  const { logs } = connection as unknown as { logs: { listening?: Map<string, LogChannel> } };
  return logs.listening?.get(channel)?.waiting ?? [];
}

async function openPage(userId: string, params?: () => Record<string, string>): Promise<PusherJs> {
  const page = stockPusher(other, app.key, authBy(tenant, await tenant.token(userId), params));
  pages.push(page);
  await eventually(() => expect(page.connection.state).toBe("connected"));
  return page;
}

/** Subscribes and collects what the channel says. */
async function listen(page: PusherJs, name: string) {
  const channel = page.subscribe(name);
  const heard: Heard[] = [];
  channel.bind_global((event: string, data: Heard[1]) => heard.push([event, data]));
  await eventually(() => expect(channel.subscribed).toBe(true));
  const said = () => heard.filter(([event]) => !event.startsWith("pusher:"));
  return { channel, heard, said, types: () => said().map(([event]) => event) };
}

/** Keeps a query of the second node from being made, until it is let go. */
function hold(name: string): () => void {
  const { pool } = second.api.services.db;
  const query = pool.query.bind(pool) as (...args: unknown[]) => Promise<unknown>;
  let letGo = () => {};
  const held = new Promise<void>((resolve) => (letGo = resolve));
  const spy = vi.spyOn(pool, "query").mockImplementation((async (...args: unknown[]) => {
    if ((args[0] as { name?: string }).name === name) await held;
    return query(...args);
  }) as never);
  return () => {
    letGo();
    spy.mockRestore();
  };
}

describe("resuming", () => {
  test("leaves nothing out and repeats nothing of what is said before it has looked, and while it reads", async () => {
    const chatId = await createChat("ben");
    const since = await cursorOf(tenant.as("ben"));
    const witness = await listen(await openPage("ben"), `private-chat-${chatId}`);
    await say(chatId, "missed");
    const page = await openPage("ben", () => ({ since }));
    const own = await listen(page, "private-user-ben");
    await eventually(() => expect(own.types()).toContain("parley:position")); // the connection reads the log by now
    // At each of its two steps something is said, and has been published on this node before the step goes on.
    const steps = ["reader_state_v1", "read_channel_events_v1"];
    const published: string[] = [];
    const { pool } = second.api.services.db;
    const query = pool.query.bind(pool) as (...args: unknown[]) => Promise<unknown>;
    const spy = vi.spyOn(pool, "query").mockImplementation((async (...args: unknown[]) => {
      const step = steps.indexOf((args[0] as { name?: string }).name ?? "");
      if (step >= 0) {
        const said = `at ${steps.splice(step, 1)}`;
        await say(chatId, said);
        await eventually(() => expect(witness.said().map(([, { data }]) => data.content)).toContain(said));
        published.push(said);
      }
      return query(...args);
    }) as never);
    const chat = await listen(page, `private-chat-${chatId}`);
    await eventually(() => expect(published).toHaveLength(2));
    spy.mockRestore();
    await say(chatId, "live");
    const contents = () =>
      chat.said().flatMap(([event, { data }]) => (event === "message.created" ? [data.content] : []));
    await eventually(() => expect(contents()).toContain("live"));
    expect(contents()).toEqual(["missed", "at reader_state_v1", "at read_channel_events_v1", "live"]);
  });

  test("repeats nothing that the replay had already and the node's tail comes to only then", async () => {
    const chatId = await createChat("ben");
    const since = await cursorOf(tenant.as("ben"));
    const page = await openPage("ben", () => ({ since }));
    const own = await listen(page, "private-user-ben");
    await eventually(() => expect(own.types()).toContain("parley:position")); // the connection reads the log by now
    const letGo = hold("read_events_v1");
    await say(chatId, "missed");
    const chat = await listen(page, `private-chat-${chatId}`);
    await eventually(() => expect(chat.types()).toEqual(["message.created", "parley:position"]));
    letGo();
    await say(chatId, "live");
    const contents = () =>
      chat.said().flatMap(([event, { data }]) => (event === "message.created" ? [data.content] : []));
    await eventually(() => expect(contents()).toContain("live"));
    expect(contents()).toEqual(["missed", "live"]);
  });

  test("keeps no more than a thousand live events while it reads: the rest is in the log, and comes once and in order", async () => {
    const chatId = await createChat("ben", "cara", "dan");
    const channel = `private-chat-${chatId}`;
    const since = await cursorOf(tenant.as("ben"));
    await say(chatId, "missed");
    const witness = await listen(await openPage("ben"), channel);
    const page = await openPage("ben", () => ({ since }));
    const letGo = hold("read_channel_events_v1");
    const chat = await listen(page, channel);
    const speakers = [tenant.as("cara"), tenant.as("dan")]; // neither may say that much at once
    for (let i = 0; i < 1100; i += 100)
      await Promise.all(
        Array.from({ length: 100 }, (_, k) =>
          speakers[k % 2]?.("POST", `/Chat/${chatId}/messages`, { content: `${i + k}` }),
        ),
      );
    const seqsOf = ({ said }: typeof chat) =>
      said().flatMap(([event, { seq }]) => (event === "message.created" ? [seq] : []));
    await eventually(() => expect(seqsOf(witness)).toHaveLength(1100));
    const kept = second.api.realtime.connectionsOf(tenant.tenantId).flatMap((each) => waitingOf(each, channel));
    expect(kept).toHaveLength(1001);
    letGo();
    await eventually(() => expect(seqsOf(chat)).toHaveLength(1101));
    expect(seqsOf(chat)).toEqual(Array.from({ length: 1101 }, (_, index) => index + 1));
  });

  test("by `since` in the auth call: all that was missed on that channel, in order, once, then live", async () => {
    const chatId = await createChat("ben");
    const quiet = await createChat("ben");
    const ben = tenant.as("ben");
    const since = await cursorOf(ben);
    for (let i = 0; i < 450; i += 50) await Promise.all(Array.from({ length: 50 }, (_, k) => say(chatId, `${i + k}`)));
    await say(quiet, "elsewhere");
    const page = await openPage("ben", () => ({ since }));
    const writing = (async () => {
      for (let i = 0; i < 30; i++) await say(chatId, `live ${i}`);
    })();
    const chat = await listen(page, `private-chat-${chatId}`);
    await writing;
    const seqs = () => chat.said().flatMap(([event, { seq }]) => (event === "message.created" ? [seq] : []));
    await eventually(() => expect(seqs().length).toBeGreaterThanOrEqual(480));
    expect(seqs()).toEqual(Array.from({ length: 480 }, (_, i) => i + 1));
    expect(chat.types().filter((event) => event.startsWith("parley:"))).toEqual(["parley:position"]);
  });

  test("goes live for whoever is taken out and comes in again while it reads", async () => {
    const chatId = await createChat("ben");
    const since = await cursorOf(tenant.as("ben"));
    const page = await openPage("ben", () => ({ since }));
    const own = await listen(page, "private-user-ben");
    await eventually(() => expect(own.types()).toContain("parley:position")); // the connection reads the log by now
    await say(chatId, "missed");
    const letGo = hold("read_channel_events_v1");
    const chat = await listen(page, `private-chat-${chatId}`);
    await ada("DELETE", `/Chat/${chatId}/members/ben`);
    await ada("POST", `/Chat/${chatId}/members`, { userId: "ben" });
    await eventually(() => expect(own.types()).toContain("member.added"));
    letGo();
    await eventually(() => expect(chat.types()).toContain("parley:position"));
    await say(chatId, "live");
    const contents = () =>
      chat.said().flatMap(([event, { data }]) => (event === "message.created" ? [data.content] : []));
    await eventually(() => expect(contents()).toEqual(["missed", "live"]));
    expect(chat.heard.map(([event]) => event)).not.toContain("pusher:subscription_error");
  });

  test("brings what was missed of one's own: which chats one came into and went out of", async () => {
    const since = await cursorOf(tenant.as("finn"));
    const chatId = await createChat("finn");
    await ada("DELETE", `/Chat/${chatId}/members/finn`);
    await ada("POST", `/Chat/${chatId}/members`, { userId: "finn" });
    const page = await openPage("finn", () => ({ since }));
    const own = await listen(page, "private-user-finn");
    await eventually(() =>
      expect(own.types()).toEqual(["chat.created", "member.removed", "member.added", "parley:position"]),
    );
    expect(own.said().at(-1)?.[1].eventId).toEqual(own.said().at(-2)?.[1].eventId);
  });

  test("finds a newer place once a minute, also where nothing is said", async () => {
    const page = await openPage("ben");
    await listen(page, "private-user-ben");
    const places: { eventId: string }[] = [];
    page.bind("parley:position", (place: { eventId: string }) => places.push(place));
    await say(await createChat("cleo"), "not for ben");
    const newest = await cursorOf(tenant.as("ben"));
    const { hub } = second.api.realtime as unknown as { hub: { tellPositions(tick: number): void } };
    // The ticks of a minute, which come by the second.
    await eventually(() => {
      for (let tick = 0; tick < 60; tick++) hub.tellPositions(tick);
      expect(places.at(-1)?.eventId).toBe(newest);
    });
    // Of sixty ticks it is one, and perhaps one more of the node's own.
    expect([1, 2]).toContain(places.filter(({ eventId }) => eventId === newest).length);
  });

  test("finds no newer place while a channel still catches up: cut off now, it would never have the rest", async () => {
    const chatId = await createChat("ben");
    const since = await cursorOf(tenant.as("ben"));
    const page = await openPage("ben", () => ({ since }));
    const own = await listen(page, "private-user-ben");
    // A page hears what its channels hear, so that this one has to have come so far before.
    await eventually(() => expect(own.heard.map(([name]) => name)).toContain("parley:position"));
    const told: string[] = [];
    const letGo = hold("read_channel_events_v1");
    await say(chatId, "missed");
    const chat = await listen(page, `private-chat-${chatId}`);
    chat.channel.bind("message.created", () => told.push("missed"));
    page.bind("parley:position", () => told.push("whole connection"));
    const { hub } = second.api.realtime as unknown as { hub: { tellPositions(tick: number): void } };
    const tellAll = () => Array.from({ length: 60 }, (_, tick) => hub.tellPositions(tick));
    tellAll();
    letGo();
    await eventually(() => expect(told).toContain("missed"));
    tellAll();
    await eventually(() => expect(told).toContain("whole connection"));
    expect(told[0]).toBe("missed");
  });

  test("goes by itself when the network fails: the stock client comes back with the last event it has", async () => {
    const chatId = await createChat("ben");
    let since = await cursorOf(tenant.as("ben"));
    const wire = await openCutProxy(other);
    const page = stockPusher(
      wire.url,
      app.key,
      authBy(tenant, await tenant.token("ben"), () => ({ since })),
    );
    pages.push(page);
    const chat = await listen(page, `private-chat-${chatId}`);
    chat.channel.bind_global((_event: string, data: Heard[1] | undefined) => {
      since = data?.eventId ?? since;
    });
    await say(chatId, "before");
    await eventually(() => expect(chat.types().filter((type) => type === "message.created")).toHaveLength(1));
    const first = page.connection.socket_id;
    wire.cut();
    wire.mend();
    await say(chatId, "missed"); // the client waits for a second before it comes back
    await say(chatId, "missed too");
    await eventually(() => expect([first, undefined]).not.toContain(page.connection.socket_id));
    await say(chatId, "after");
    const texts = () => chat.said().flatMap(([event, { data }]) => (event === "message.created" ? [data.content] : []));
    await eventually(() => expect(texts()).toContain("after"));
    expect(texts()).toEqual(["before", "missed", "missed too", "after"]);
    page.disconnect();
    await wire.close();
  });

  test("with a cursor of no use tells to reload, once, then goes live, on one's own channel too", async () => {
    const chatId = await createChat("ben");
    const page = await openPage("ben", () => ({ since: "not-a-cursor" }));
    const own = await listen(page, "private-user-ben");
    await eventually(() => expect(own.types()).toEqual(["parley:resync"]));
    await createChat("ben");
    await eventually(() => expect(own.types()).toEqual(["parley:resync", "chat.created"]));
    expect(own.said()[0]?.[1]).toEqual({ reason: "invalid", eventId: expect.any(String) });
    const chat = await listen(page, `private-chat-${chatId}`);
    await eventually(() => expect(chat.types()).toEqual(["parley:resync"]));
    await say(chatId, "live");
    await eventually(() => expect(chat.types()).toEqual(["parley:resync", "message.created"]));
    expect(chat.said()[0]?.[1]).toEqual({ reason: "invalid", eventId: expect.any(String) });
  });
});
