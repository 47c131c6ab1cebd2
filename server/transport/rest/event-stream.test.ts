import { once } from "node:events";
import { connect, type Socket } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import { EventSource } from "eventsource";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import type { Chat } from "../../domain/chats/schema.ts";
import { createTenant } from "../../domain/tenants/make-tenant.ts";
import { signUserToken } from "../../domain/tokens/sign-user-token.ts";
import type { LiveConnection } from "../../realtime/live-connection.ts";
import type { Sink } from "../../realtime/subscription.ts";
import { type Caller, call, type Stack, startStack, type TestTenant, testSecret } from "../../testing/stack.ts";

interface StreamEvent {
  id: string;
  event: string;
  data: { type: string; seq?: number; data: Record<string, unknown> };
}

let stack: Stack;
let tenant: TestTenant;
let ada: Caller;
let chat: Chat;
const closing: (() => void)[] = [];

beforeAll(async () => {
  stack = await startStack();
  tenant = await stack.tenant("acme");
  ada = tenant.as("ada");
  chat = (await ada<Chat>("POST", "/Chat", { memberUserIds: ["ben"] })).body;
});
afterAll(async () => {
  for (const close of closing) close();
  await stack.close();
});

const say = (content: string) => ada("POST", `/Chat/${chat.id}/messages`, { content });

/** What a program without any library does: GET, read lines, an event ends at an empty one. */
class Stream {
  readonly events: StreamEvent[] = [];
  readonly response: Promise<Response>;
  private readonly aborter = new AbortController();

  constructor(user: string, query = "", headers: Record<string, string> = {}) {
    this.response = this.open(user, query, headers);
    closing.push(() => this.aborter.abort());
  }

  private async open(user: string, query: string, headers: Record<string, string>): Promise<Response> {
    const authorization = `Bearer ${await tenant.token(user)}`;
    const response = await fetch(`${tenant.url}/events${query}`, {
      headers: { authorization, accept: "text/event-stream", ...headers },
      signal: this.aborter.signal,
    });
    if (response.ok && response.body) this.read(response.body).catch(() => {});
    return response;
  }

  private async read(body: ReadableStream<Uint8Array>): Promise<void> {
    const decoder = new TextDecoder();
    let text = "";
    for await (const chunk of body) {
      text += decoder.decode(chunk, { stream: true });
      const blocks = text.split("\n\n");
      text = blocks.pop() ?? "";
      for (const block of blocks) this.take(block);
    }
  }

  private take(block: string): void {
    const fields = Object.fromEntries(block.split("\n").map((line) => line.split(/: (.*)/s, 2)));
    if (fields.data && fields.event !== "position")
      this.events.push({ id: fields.id, event: fields.event, data: JSON.parse(fields.data) });
  }

  async until(count: number): Promise<StreamEvent[]> {
    await this.response;
    for (const deadline = Date.now() + 20_000; this.events.length < count && Date.now() < deadline; ) await sleep(10);
    return this.events;
  }
}

describe("streams", () => {
  // A blank cursor is none, as it is where JSON is asked for.
  test.each(["", "?after=%20"])("what happens from now on%s, id by id, as the envelopes of the list", async (query) => {
    const stream = new Stream("ben", query);
    const response = await stream.response;
    expect(response.status).toBe(200);
    expect(response.headers.get("content-type")).toMatch(/^text\/event-stream/);
    expect(response.headers.get("x-request-id")).toBeTruthy();
    await sleep(200);
    const after = (await ada<{ nextCursor: string }>("GET", "/events")).body.nextCursor;
    await say("one\ntwo \u2028 three");
    const [event] = await stream.until(1);
    const { body } = await ada<{ data: { eventId: string }[] }>("GET", `/events?after=${after}`);
    expect(event).toEqual({ id: body.data[0]?.eventId, event: "message.created", data: body.data[0] });
  });

  test("on from Last-Event-ID, each once, then live", async () => {
    const first = new Stream("ben");
    await first.response;
    await sleep(200);
    for (const content of ["a", "b", "c"]) await say(content);
    const [a] = await first.until(3);
    const second = new Stream("ben", "", { "last-event-id": a?.id ?? "" });
    await second.until(2);
    await say("d");
    const events = await second.until(3);
    expect(events.map(({ data }) => data.data.content)).toEqual(["b", "c", "d"]);
  });

  test("on from after= in the address, where Last-Event-ID stands before it", async () => {
    const after = (await tenant.as("ben")<{ nextCursor: string }>("GET", "/events")).body.nextCursor;
    await say("missed");
    const stream = new Stream("ben", `?after=${after}`);
    const [missed] = await stream.until(1);
    expect(missed?.data.data.content).toBe("missed");
    const later = new Stream("ben", `?after=${after}`, { "last-event-id": missed?.id ?? "" });
    await later.response;
    await say("next");
    expect((await later.until(1)).map(({ data }) => data.data.content)).toEqual(["next"]);
  });

  test("of some kinds only, with names of the address in any letter case", async () => {
    const after = (await tenant.as("ben")<{ nextCursor: string }>("GET", "/events")).body.nextCursor;
    const { id } = (await ada<{ id: string }>("POST", `/Chat/${chat.id}/messages`, { content: "left out" })).body;
    await ada("PATCH", `/Chat/${chat.id}/messages/${id}`, { content: "edited" });
    const stream = new Stream("ben", `?After=${after}&KINDS=message.edited,%20message.deleted`);
    await stream.until(1);
    await say("left out too");
    await ada("DELETE", `/Chat/${chat.id}/messages/${id}`);
    expect((await stream.until(2)).map(({ event }) => event)).toEqual(["message.edited", "message.deleted"]);
    const repeated = new Stream("ben", `?since=${after}&kinds=message.edited,%20chat.updated&kinds=message.deleted`);
    expect((await repeated.until(2)).map(({ event }) => event)).toEqual(["message.edited", "message.deleted"]);
    const unknown = await new Stream("ben", "?kinds=message.edited,nope").response;
    expect([unknown.status, await unknown.json()]).toMatchObject([
      400,
      { errors: { kinds: ["nope is no event type"] } },
    ]);
  });

  test("to a stock EventSource, which comes back by itself where it was", async () => {
    const token = await tenant.token("ben");
    const source = new EventSource(`${tenant.url}/events?access_token=${token}`);
    closing.push(() => source.close());
    const seen: string[] = [];
    source.addEventListener("message.created", ({ data }) => seen.push(JSON.parse(data).data.content));
    // Nothing has happened yet, and it knows where it is.
    await new Promise((resolve) => source.addEventListener("position", resolve, { once: true }));
    for (const text of ["away at first", "away again"]) {
      for (const connection of stack.api.realtime.connectionsOf(tenant.tenantId)) connection.disconnect("shutdown");
      await say(text);
      await until(() => seen.at(-1) === text);
    }
    await say("back");
    await until(() => seen.length === 3);
    expect(seen).toEqual(["away at first", "away again", "back"]);
  });

  test("no more of a chat after removal", async () => {
    const room = (await ada<Chat>("POST", "/Chat", { memberUserIds: ["cleo"] })).body;
    const stream = new Stream("cleo");
    await stream.response;
    await sleep(200);
    await ada("DELETE", `/Chat/${room.id}/members/cleo`);
    await ada("POST", `/Chat/${room.id}/messages`, { content: "not for Cleo" });
    await ada("POST", "/Chat", { memberUserIds: ["cleo"] });
    const events = await stream.until(2);
    expect(events.map(({ event }) => event)).toEqual(["member.removed", "chat.created"]);
  });
});

async function until(condition: () => boolean): Promise<void> {
  for (const deadline = Date.now() + 20_000; !condition(); await sleep(10))
    if (Date.now() > deadline) throw new Error("it did not come");
}

test("who sees it open misses nothing from then on, however long the log takes to join", async () => {
  const { realtime } = stack.api;
  const subscribe = realtime.subscribe.bind(realtime);
  const late = vi.spyOn(realtime, "subscribe").mockImplementation(async (options) => {
    await sleep(300);
    return subscribe(options);
  });
  const stream = new Stream("ben");
  expect((await stream.response).status).toBe(200);
  late.mockRestore();
  await say("at once");
  expect((await stream.until(1)).map(({ data }) => data.data.content)).toEqual(["at once"]);
});

test("a cursor that is of no use: told to reload, then live", async () => {
  const stream = new Stream("ben", "?after=garbage");
  const [resync] = await stream.until(1);
  expect(resync).toMatchObject({ event: "resync", data: { reason: "invalid", eventId: resync?.id } });
  await say("live");
  expect((await stream.until(2))[1]).toMatchObject({ event: "message.created" });
});

test.each([
  ["two cursors", "?after=a&after=b", {}, 400],
  ["a limit that is no number", "?limit=many", {}, 400],
  ["a bad token", "", { authorization: "Bearer x" }, 401],
])("refuses %s with a problem document", async (_name, query, headers, status) => {
  const response = await new Stream("ben", query, headers as Record<string, string>).response;
  expect(response.status).toBe(status);
  expect(response.headers.get("content-type")).toMatch(/^application\/problem\+json/);
  expect(await response.json()).toMatchObject({ status });
});

/** The answer of HTTP/1.0, which is not chunked, on a socket that reads nothing unless told. */
async function openRaw(path: string, token: string, lastEventId?: string): Promise<Socket> {
  const socket = connect(stack.api.port, "127.0.0.1");
  closing.push(() => socket.destroy());
  const last = lastEventId === undefined ? "" : `Last-Event-ID: ${lastEventId}\r\n`;
  socket.write(`GET ${path} HTTP/1.0\r\nAuthorization: Bearer ${token}\r\nAccept: text/event-stream\r\n${last}\r\n`);
  await once(socket, "readable");
  return socket;
}

/** Reads on until the server ends it, or so many messages are there; what was cut off in the middle does not count. */
async function readMessages(socket: Socket, count = Number.POSITIVE_INFINITY): Promise<{ id: string; seq: number }[]> {
  const found: { id: string; seq: number }[] = [];
  let rest = "";
  for await (const chunk of socket) {
    const blocks = (rest + chunk).split("\n\n");
    rest = blocks.pop() ?? "";
    for (const block of blocks) {
      const [id, data] = [/^id: (.*)$/m.exec(block)?.[1], /^data: (.*)$/m.exec(block)?.[1]];
      const { type, seq } = JSON.parse(data || "{}");
      if (id && type === "message.created") found.push({ id, seq });
    }
    if (found.length >= count) break;
  }
  return found;
}

test.each([
  ["this", "slow", "/tenant/slow/v1/events"],
  ["tRPC's", "slower", "/api/trpc/events.subscribe"],
])(
  "who does not read %s stream is let go when a MiB waits for them, and on coming back with the last id gets all the rest",
  async (_, tenantId, path) => {
    const plenty = { rate: 1_000_000, burst: 1_000_000 };
    const settings = { rates: { user: plenty, key: plenty, tenant: plenty, address: plenty } };
    const { services, realtime } = stack.api;
    const crowd = await createTenant(services.db, testSecret, { id: tenantId, name: "Crowd", settings });
    const { token } = await signUserToken(services.security, crowd.tenantId, { userId: "ben", expiresIn: 3600 });
    const headers = { "x-api-key": crowd.primaryKey, "x-act-as-user": "ada" };
    const chats = `${stack.url}/tenant/${tenantId}/v1/Chat`;
    const { id } = (await call<Chat>(chats, "POST", { memberUserIds: ["ben"] }, headers)).body;

    const socket = await openRaw(path, token);
    const isThere = () => realtime.connectionsOf(crowd.tenantId).length > 0;
    await until(isThere);
    const [stream] = realtime.connectionsOf(crowd.tenantId);
    const body = { content: "x".repeat(16_000), metadata: { more: "y".repeat(8000) } };
    let [sent, most] = [0, 0];
    // What the two ends of the connection hold themselves, some MiB, is no memory of the node's.
    while (isThere() && sent < 1500) {
      const sends = Array.from({ length: 20 }, () => call(`${chats}/${id}/messages`, "POST", body, headers));
      sent += sends.length;
      for (const send of sends) {
        expect((await send).status).toBe(201);
        most = Math.max(most, stream?.facts().queuedBytes ?? 0);
      }
    }
    expect(sent).toBeLessThan(1500);
    expect(most).toBeLessThan(1024 * 1024 + 100_000);

    const first = await readMessages(socket);
    expect(first.length).toBeLessThan(sent);
    const rest = await readMessages(await openRaw(path, token, first.at(-1)?.id), sent - first.length);
    const seqs = [...first, ...rest].map(({ seq }) => seq);
    expect(seqs).toEqual(Array.from({ length: sent }, (_, index) => index + 1));
  },
  60_000,
);

test("who does not read what it was sent is cut off after its end, and nothing is said to it meanwhile", async () => {
  const { realtime } = stack.api;
  const lone = await stack.tenant("lone");
  const socket = await openRaw("/tenant/lone/v1/events", await lone.token("ben"));
  const [stream] = realtime.connectionsOf(lone.tenantId) as (LiveConnection & Sink)[];
  if (!stream) throw new Error("it is not there");
  // The two ends of the connection take some MiB before anything waits here.
  while (stream.facts().queuedBytes === 0) stream.position("x".repeat(500_000));
  stream.disconnect("revoked");
  // Each reader's second of the minute.
  for (let tick = 0; tick < 180; tick++) realtime.hub.tellPositions(tick);
  for (const _ of [1, 2, 3]) stream.position("late");
  stream.sweep(Date.now() + 60_000);
  await until(() => realtime.connectionsOf(lone.tenantId).length === 0);
  let said = "";
  for await (const chunk of socket) said += chunk;
  expect(said).not.toContain("late");
});
