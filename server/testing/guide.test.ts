import { setTimeout as sleep } from "node:timers/promises";
import { HubConnectionState } from "@microsoft/signalr";
import { afterAll, beforeAll, describe, test, vi } from "vitest";
import type { Chat } from "../domain/chats/schema.ts";
import { ChatPage, type ChatPageOptions } from "./guide/chat-page.ts";
import { NaivePage } from "./guide/naive-page.ts";
import { ResumingPage } from "./guide/resuming-page.ts";
import { openFleet } from "./processes.ts";
import { type Caller, call, type Stack, startStack, type TestTenant } from "./stack.ts";

// What pages written by the guides count on, with the real client over real sockets.

let stack: Stack;
let tenants = 0;
const pages: (ChatPage | ResumingPage)[] = [];

beforeAll(async () => {
  stack = await startStack();
});
afterAll(async () => {
  await Promise.all(pages.map((page) => page.close()));
  await stack.close();
});

const until = (condition: () => boolean) => vi.waitUntil(condition, { timeout: 20_000, interval: 10 });
const texts = (page: ChatPage) => page.messages.map(({ content }) => content).sort();

/** A tenant of its own, so that tests that run at once do not hear each other. */
class World {
  readonly ada: Caller;
  readonly ben: Caller;
  private readonly tenant: TestTenant;

  constructor(tenant: TestTenant) {
    this.tenant = tenant;
    this.ada = tenant.as("ada");
    this.ben = tenant.as("ben");
  }

  static async make(): Promise<World> {
    return new World(await stack.tenant(`tenant-${++tenants}`));
  }

  async createChat(): Promise<Chat> {
    return (await this.ada<Chat>("POST", "/Chat", { name: "Crew", memberUserIds: ["ben"] })).body;
  }

  say(caller: Caller, chat: Chat, content: string, extra: object = {}) {
    return caller<{ id: string }>("POST", `/Chat/${chat.id}/messages`, { content, ...extra });
  }

  openPage(userId: string, chat: Chat): Promise<ChatPage> {
    return this.open(userId, chat, ChatPage);
  }

  /** A page that asks for all events. */
  watch(userId: string): Promise<ResumingPage> {
    const hubUrl = `${stack.url}/tenant/${this.tenant.tenantId}/v1/hub`;
    const getAccessToken = () => this.tenant.token(userId);
    const page = new ResumingPage({ hubUrl, getAccessToken, query: { events: "all" } });
    pages.push(page);
    return page.open();
  }

  open<Page extends ChatPage>(userId: string, chat: Chat, Kind: new (options: ChatPageOptions) => Page): Promise<Page> {
    const { tenantId } = this.tenant;
    const getAccessToken = () => this.tenant.token(userId);
    const page = new Kind({ apiBaseUrl: stack.url, tenantId, chatId: chat.id, getAccessToken });
    pages.push(page);
    return page.open();
  }
}

describe.concurrent("a page written by the guide", { timeout: 150_000 }, () => {
  test("stays connected through more than 60 s in which nothing happens, and then gets the next message", async ({
    expect,
  }) => {
    const world = await World.make();
    const { ada } = world;
    const chat = await world.createChat();
    const page = await world.openPage("ben", chat);
    const watcher = await world.watch("ben");
    const interruptions: unknown[] = [];
    page.connection.onreconnecting((error) => interruptions.push(error));
    page.connection.onclose((error) => interruptions.push(error));
    await sleep(62_000);
    expect(page.connection.state).toBe(HubConnectionState.Connected);
    await world.say(ada, chat, "still there?");
    await until(() => page.messages.length === 1);
    expect(interruptions).toEqual([]);
    expect(page.events).toHaveLength(1);
    // Who asked for all events has a fresh cursor, although nothing happened.
    expect(watcher.of("Position")).not.toEqual([]);
  }, 150_000);

  test("shows what others send, in its other tab too, and its own message once", async ({ expect }) => {
    const world = await World.make();
    const chat = await world.createChat();
    const [tab, otherTab, other] = await Promise.all([
      world.openPage("ada", chat),
      world.openPage("ada", chat),
      world.openPage("ben", chat),
    ]);
    const sent = await tab.send("from the first tab");
    expect(tab.messages).toMatchObject([{ id: sent.id, content: "from the first tab", senderId: "ada" }]);
    await until(() => otherTab.messages.length === 1 && other.messages.length === 1);
    // Whatever the first tab was told would have come before this.
    await other.send("an answer");
    await until(() => tab.messages.length === 2 && otherTab.messages.length === 2);
    for (const page of [tab, otherTab, other]) expect(texts(page)).toEqual(["an answer", "from the first tab"]);
    expect(tab.events).toHaveLength(1);
    expect(other.events).toHaveLength(1);
    expect(otherTab.events).toMatchObject([
      { type: "Chat", id: sent.id, parentId: chat.id, timestamp: sent.createdAt },
      { type: "Chat" },
    ]);
    expect([tab, otherTab, other].flatMap(({ failures }) => failures)).toEqual([]);
  });

  test.for(["body", "query", "header"])(
    "gets no event of a send that names its client id in the %s",
    async (place, { expect }) => {
      const world = await World.make();
      const { ada, ben } = world;
      const chat = await world.createChat();
      const [tab, otherTab] = await Promise.all([world.openPage("ada", chat), world.openPage("ada", chat)]);
      const { clientId } = tab;
      const path = `/Chat/${chat.id}/messages${place === "query" ? `?clientId=${clientId}` : ""}`;
      const headers: Record<string, string> = place === "header" ? { "X-Client-Id": clientId } : {};
      await ada("POST", path, { content: "mine", ...(place === "body" ? { clientId } : {}) }, headers);
      await world.say(ben, chat, "sentinel");
      await until(() => tab.messages.length >= 1 && otherTab.messages.length >= 2);
      expect(tab.events).toHaveLength(1);
      expect(texts(tab)).toEqual(["sentinel"]);
      expect(texts(otherTab)).toEqual(["mine", "sentinel"]);
    },
  );

  test("cannot be muted by somebody who names its client id", async ({ expect }) => {
    const world = await World.make();
    const { ada } = world;
    const chat = await world.createChat();
    const [page, tab] = await Promise.all([world.openPage("ben", chat), world.openPage("ada", chat)]);
    await world.say(ada, chat, "you should see this", { clientId: page.clientId });
    await until(() => page.messages.length === 1 && tab.messages.length === 1);
    expect(texts(page)).toEqual(["you should see this"]);
  });

  test("can fetch each message the moment its event arrives: 1,000 rounds, in order, no 404", async ({ expect }) => {
    const world = await World.make();
    const { ada } = world;
    const chat = await world.createChat();
    const page = await world.openPage("ben", chat);
    await Promise.all(
      Array.from({ length: 8 }, async (_, writer) => {
        for (let i = 0; i < 125; i++) await world.say(ada, chat, `${writer}/${i}`);
      }),
    );
    await until(() => page.messages.length >= 1000);
    expect(page.failures).toEqual([]);
    expect(page.events.map((event) => (event as { seq?: number }).seq)).toEqual(
      Array.from({ length: 1000 }, (_, i) => i + 1),
    );
    expect(new Set(page.events.map(({ id }) => id)).size).toBe(1000);
  }, 150_000);

  test("comes back after the server was killed and started again, with nothing lost and nothing twice", async ({
    expect,
    onTestFinished,
  }) => {
    const fleet = await openFleet();
    onTestFinished(() => fleet.close());
    const first = await fleet.start();
    const { token } = await fleet.tenant("acme");
    const tokens = { ada: await token("ada"), ben: await token("ben") };
    const base = `${first.url}/tenant/acme/v1`;
    const post = <T>(user: keyof typeof tokens, path: string, body: object) =>
      call<T>(base + path, "POST", body, { authorization: `Bearer ${tokens[user]}` });
    const chat = (await post<Chat>("ada", "/Chat", { memberUserIds: ["ben"] })).body;
    const openPage = (user: keyof typeof tokens) =>
      new ChatPage({
        apiBaseUrl: first.url,
        tenantId: "acme",
        chatId: chat.id,
        getAccessToken: async () => tokens[user],
      }).open();
    const [ada, ben] = await Promise.all([openPage("ada"), openPage("ben")]);
    for (let i = 0; i < 4; i++) await ada.send(`before ${i}`);
    await until(() => ben.messages.length === 4);

    const reconnected = Promise.all(
      [ada, ben].map((page) => new Promise((resolve) => page.connection.onreconnected(resolve))),
    );
    await first.kill("SIGKILL");
    await until(() => ben.connection.state === HubConnectionState.Reconnecting);
    await expect(ada.send("into the void")).rejects.toThrow();
    await fleet.start({ PORT: new URL(first.url).port });
    // Before the pages are back: their events nobody hears.
    for (let i = 0; i < 4; i++) await post("ben", `/Chat/${chat.id}/messages`, { content: `meanwhile ${i}` });
    await reconnected;
    await ada.send("after");
    await until(() => ada.messages.length >= 9 && ben.messages.length >= 9);
    const stored = await call<{ data: { id: string }[] }>(`${base}/Chat/${chat.id}/messages`, "GET", undefined, {
      authorization: `Bearer ${tokens.ben}`,
    });
    const ids = stored.body.data.map(({ id }) => id).sort();
    expect(ids).toHaveLength(9);
    for (const page of [ada, ben]) expect(page.messages.map(({ id }) => id).sort()).toEqual(ids);
    await Promise.all([ada.close(), ben.close()]);
  }, 150_000);

  test("loads more until there is nothing more", async ({ expect }) => {
    const world = await World.make();
    const { ada } = world;
    const chat = await world.createChat();
    for (let i = 0; i < 23; i++) await world.say(ada, chat, `m${String(i).padStart(2, "0")}`);
    const page = await world.openPage("ben", chat);
    expect(page.messages).toHaveLength(10);
    while (page.hasNextPage) await page.loadMore();
    expect(texts(page)).toEqual(Array.from({ length: 23 }, (_, i) => `m${String(i).padStart(2, "0")}`));
  });

  test("hears nothing of chats its user is not in, from the moment on that one is removed", async ({ expect }) => {
    const world = await World.make();
    const { ada } = world;
    const chat = await world.createChat();
    const room = await world.createChat();
    const page = await world.openPage("cleo", chat);
    await world.say(ada, chat, "before");
    await ada("POST", `/Chat/${chat.id}/members`, { userId: "cleo" });
    await world.say(ada, chat, "during");
    await until(() => page.messages.length === 1);
    await ada("DELETE", `/Chat/${chat.id}/members/cleo`);
    await world.say(ada, chat, "after");
    await ada("POST", `/Chat/${room.id}/members`, { userId: "cleo" });
    await world.say(ada, room, "sentinel");
    await until(() => page.events.length >= 2);
    expect(page.events.map(({ parentId }) => parentId)).toEqual([chat.id, room.id]);
    expect(texts(page)).toEqual(["during"]);
  });

  test("with the second program, which takes every event for a message: nothing else comes unasked", async ({
    expect,
  }) => {
    const world = await World.make();
    const { ada, ben } = world;
    const chat = await world.createChat();
    const page = await world.open("ben", chat, NaivePage);
    const { id } = (await world.say(ada, chat, "one")).body;
    await ada("PATCH", `/Chat/${chat.id}/messages/${id}`, { content: "one, corrected" });
    await ada("PATCH", `/Chat/${chat.id}`, { name: "Renamed" });
    await ada("POST", `/Chat/${chat.id}/members`, { userId: "cleo" });
    await ada("PATCH", `/Chat/${chat.id}/members/cleo`, { role: "moderator" });
    await ada("POST", `/Chat/${chat.id}/typing`);
    await ada("PUT", `/Chat/${chat.id}/read`, { seq: 1 });
    await ben("PUT", `/Chat/${chat.id}/read`, { seq: 1 });
    await ada("DELETE", `/Chat/${chat.id}/members/cleo`);
    await ada("DELETE", `/Chat/${chat.id}/messages/${id}`);
    await ada("POST", "/Chat", { memberUserIds: ["ben"] });
    await sleep(500); // typing, presence and receipts are coalesced
    await world.say(ada, chat, "two");
    await until(() => page.fetched.length >= 2);
    expect(page.events.map(({ type }) => type)).toEqual(["Chat", "Chat"]);
    expect(page.failures).toEqual([]);
    const nonsense = await ben("GET", `/Chat/undefined/messages/${id}`);
    expect(nonsense).toMatchObject({ status: 404, body: { code: "not_found" } });
  });
});
