import { expect, onTestFinished, test, vi } from "vitest";
import { inboxItems } from "./inbox-state.ts";
import { Parley } from "./parley.ts";
import type { ParleyOptions } from "./parley-options.ts";
import type { Chat, Message, Notification } from "./types.ts";

/** A client whose service answers what is told by path; where nothing is told, with an empty list. */
function clientOf(
  answers: Record<string, (input: { content?: string }) => unknown>,
  more: Partial<ParleyOptions> = {},
) {
  const asked: string[] = [];
  const { fetch: real } = globalThis;
  onTestFinished(() => {
    globalThis.fetch = real;
  });
  globalThis.fetch = async (address, { method = "GET", body: input = "{}" } = {}) => {
    const { pathname } = new URL(String(address));
    const call = `${method} ${pathname.replace("/tenant/acme/v1", "")}`;
    asked.push(call);
    const body = (await answers[call]?.(JSON.parse(String(input)))) ?? { data: [], nextCursor: null };
    if (body instanceof Response) return body;
    return Response.json(body, { headers: { "x-event-cursor": "e1" } });
  };
  const client = new Parley({
    ...{ baseUrl: "http://parley.test", tenantId: "acme", getToken: () => "a.e30.b", userId: "ada", storage: null },
    transports: [
      (connecting) => {
        connecting.onOpen();
        return { close: () => undefined };
      },
    ],
    ...more,
  });
  onTestFinished(() => client.close());
  return { client, asked };
}

test("what was written to a chat that is not here yet goes out after a close and a start, also where nothing is stored, once and in order", async () => {
  const chat = { id: "far", kind: "group", createdAt: "2026-01-01T00:00:00.000Z", lastSeq: 0 } as unknown as Chat;
  let isBack = false;
  const sent: (string | undefined)[] = [];
  const { client, asked } = clientOf({
    "GET /Chat/far": () => {
      if (!isBack) throw new TypeError("no line");
      return chat;
    },
    "POST /Chat/far/messages": ({ content }): Partial<Message> => {
      sent.push(content);
      return { id: `m${sent.length}`, seq: sent.length, senderId: "ada" };
    },
  });
  await client.start();
  client.room("far").send("while it is open");
  await expect.poll(() => asked).toContain("GET /Chat/far");
  client.close();
  client.room("far").send("while it is closed");
  isBack = true;
  await client.start();
  await expect.poll(() => sent).toHaveLength(2);
  await expect.poll(() => client.getState().chats.far?.log.outbox).toEqual([]);
  expect(sent).toEqual(["while it is open", "while it is closed"]);
});

test("who has no chats is shown the inbox as it is after a close and a start", async () => {
  const createdAt = "2026-01-01T00:00:00.000Z";
  const item = { id: "n1", createdAt, isRead: false, read: false, status: "visible" } as Notification;
  let data = [item];
  const { client } = clientOf({ "GET /Notifications": () => ({ data, nextCursor: null }) });
  await client.start();
  await client.inbox.load("all");
  client.close();
  data = [];
  await client.start();
  expect(client.getState().phase).toBe("ready");
  expect(inboxItems(client.getState().inbox, "all")).toEqual([]);
});

test("a proxy whose service is not there yet takes no chat away, and what is written then goes out later", async () => {
  vi.useFakeTimers();
  onTestFinished(() => void vi.useRealTimers());
  const chat = { id: "c", kind: "group", createdAt: "2026-01-01T00:00:00.000Z", lastSeq: 0 } as unknown as Chat;
  let isDeployed = true;
  const { client } = clientOf({
    "GET /Chat": () => ({ data: [chat], nextCursor: null }),
    "GET /Chat/c": () => (isDeployed ? chat : nginx()),
    "GET /Chat/c/messages": () => (isDeployed ? { data: [], nextCursor: null } : nginx()),
    "POST /Chat/c/messages": () => (isDeployed ? { id: "m1", seq: 1, senderId: "ada" } : nginx()),
  });
  await client.start();
  await client.room("c").open();
  isDeployed = false;
  client.room("c").send("into a deploy");
  const reloaded = client.room("c").reload();
  reloaded.catch(() => undefined);
  void client.loadChat("c", true).catch(() => undefined);
  await vi.advanceTimersByTimeAsync(2_000);
  await expect(reloaded).rejects.toMatchObject({ status: 404 });
  expect(client.getState().chats.c?.log.outbox).toMatchObject([{ status: "waiting" }]);
  isDeployed = true;
  await vi.advanceTimersByTimeAsync(10_000);
  expect(client.getState().chats.c?.log.outbox).toEqual([]);
});

test("where storage takes nothing, what one client of a page did not send the next one of that person sends, once and in order", async () => {
  const chat = { id: "c", kind: "group", createdAt: "2026-01-01T00:00:00.000Z", lastSeq: 0 } as unknown as Chat;
  const refuse = async () => {
    throw new Error("forbidden in this frame");
  };
  const storage = { entries: refuse, set: refuse, delete: refuse };
  const chats = { "GET /Chat": () => ({ data: [chat], nextCursor: null }) };
  const first = clientOf({ ...chats, "POST /Chat/c/messages": () => new Promise(() => {}) }, { storage });
  await first.client.start();
  for (const text of ["one", "two"]) first.client.room("c").send(text);
  await expect.poll(() => first.asked).toContain("POST /Chat/c/messages");
  first.client.close();

  const sent: (string | undefined)[] = [];
  const take = ({ content }: { content?: string }) => {
    sent.push(content);
    return { id: `m${sent.length}`, seq: sent.length, senderId: "ada" };
  };
  const next = () => clientOf({ ...chats, "POST /Chat/c/messages": take }, { storage }).client;
  const ben = clientOf(chats, { storage, userId: "ben" });
  await ben.client.start();
  const second = next();
  await second.start();
  await expect.poll(() => sent).toEqual(["one", "two"]);
  await expect.poll(() => second.getState().chats.c?.log.outbox).toEqual([]);
  second.close();
  const third = next();
  await third.start();
  for (const client of [third, ben.client]) expect(client.getState().chats.c?.log.outbox).toEqual([]);
});

test("what a client of the same page still sends itself no other takes over", async () => {
  const chat = { id: "c", kind: "group", createdAt: "2026-01-01T00:00:00.000Z", lastSeq: 0 } as unknown as Chat;
  const refuse = async () => {
    throw new Error("forbidden in this frame");
  };
  const answers = {
    "GET /Chat": () => ({ data: [chat], nextCursor: null }),
    "POST /Chat/c/messages": () => new Promise(() => {}),
  };
  const storage = { entries: refuse, set: refuse, delete: refuse };
  const bell = clientOf(answers, { storage });
  await bell.client.start();
  bell.client.room("c").send("one");
  await expect.poll(() => bell.asked).toContain("POST /Chat/c/messages");
  const page = clientOf(answers, { storage });
  await page.client.start();
  expect(page.client.getState().chats.c?.log.outbox).toEqual([]);
  page.client.close();
  // Of the one that has gone the next takes it.
  bell.client.close();
  await page.client.start();
  await expect.poll(() => page.client.getState().chats.c?.log.outbox).toMatchObject([{ content: "one" }]);
});

test("a first load that is refused for good is not tried again, and one that is told when no sooner", async () => {
  vi.useFakeTimers();
  onTestFinished(() => void vi.useRealTimers());
  const suspended = clientOf({ "GET /Chat": () => Response.json({ code: "tenant_suspended" }, { status: 403 }) });
  await suspended.client.start();
  await vi.advanceTimersByTimeAsync(60_000);
  expect(suspended.client.getState().phase).toBe("failed");
  expect(suspended.asked).toHaveLength(1);
  const headers = { "retry-after": "30" };
  const busy = clientOf({ "GET /Chat": () => Response.json({ code: "rate_limited" }, { status: 429, headers }) });
  await busy.client.start();
  await vi.advanceTimersByTimeAsync(29_000);
  expect(busy.asked).toHaveLength(1);
  await vi.advanceTimersByTimeAsync(2_000);
  expect(busy.asked).toHaveLength(2);
});

test("whoever goes offline while the first load fails stays so when it comes, until told otherwise", async () => {
  vi.useFakeTimers();
  onTestFinished(() => void vi.useRealTimers());
  let isDown = true;
  const { client } = clientOf({
    "GET /Chat": () => {
      if (isDown) throw new TypeError("no line");
    },
  });
  await client.start();
  client.setOnline(false);
  isDown = false;
  await vi.advanceTimersByTimeAsync(15_000);
  expect(client.getState()).toMatchObject({ phase: "ready", link: "offline" });
  client.setOnline(true);
  await vi.advanceTimersByTimeAsync(0);
  expect(client.getState().link).toBe("live");
});

test("a first load that fails is tried again by itself until it comes, and meanwhile what is shown stays", async () => {
  vi.useFakeTimers();
  onTestFinished(() => void vi.useRealTimers());
  let isDown = true;
  const phases = new Set<string>();
  const { client, asked } = clientOf({
    "GET /Chat": () => {
      if (isDown) throw new TypeError("no line");
    },
  });
  await client.start();
  expect(client.getState().phase).toBe("failed");
  client.subscribe(() => phases.add(client.getState().phase));
  await vi.advanceTimersByTimeAsync(60_000);
  expect([...phases]).toEqual(["failed"]);
  const tries = asked.length;
  expect(tries).toBeGreaterThan(5);
  expect(tries).toBeLessThan(15);
  isDown = false;
  await vi.advanceTimersByTimeAsync(15_000);
  expect(client.getState()).toMatchObject({ phase: "ready", link: "live", problem: undefined });
});

test("a first load that failed is tried again at once when the line is back, and not once the client is closed", async () => {
  vi.useFakeTimers();
  vi.stubGlobal("window", new EventTarget());
  vi.stubGlobal("document", Object.assign(new EventTarget(), { visibilityState: "visible" }));
  onTestFinished(() => {
    vi.useRealTimers();
    vi.unstubAllGlobals();
  });
  let isDown = true;
  const { client, asked } = clientOf({
    "GET /Chat": () => {
      if (isDown) throw new TypeError("no line");
    },
  });
  await client.start();
  window.dispatchEvent(new Event("online"));
  await vi.advanceTimersByTimeAsync(0);
  document.dispatchEvent(new Event("visibilitychange"));
  await vi.advanceTimersByTimeAsync(0);
  expect(asked).toEqual(Array(3).fill("GET /Chat"));
  client.close();
  window.dispatchEvent(new Event("online"));
  await vi.advanceTimersByTimeAsync(60_000);
  expect(asked).toHaveLength(3);
  isDown = false;
  await client.start();
  expect(client.getState().phase).toBe("ready");
});

test("who is signed out before the first load waits for another token", async () => {
  vi.useFakeTimers();
  onTestFinished(() => void vi.useRealTimers());
  const { client, asked } = clientOf({
    "GET /Chat": () => Response.json({ code: "unauthenticated" }, { status: 401 }),
  });
  await client.start();
  await vi.advanceTimersByTimeAsync(60_000);
  expect(client.getState().link).toBe("signed-out");
  expect(asked).toHaveLength(1);
});

/** What a proxy says of an address that nobody answers for. */
function nginx(): Response {
  return new Response("<h1>404 Not Found</h1>", { status: 404, headers: { "content-type": "text/html" } });
}
