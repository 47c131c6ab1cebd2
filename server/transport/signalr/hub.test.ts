import type { HubConnection } from "@microsoft/signalr";
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { eventually, stockClient } from "../../testing/hub-client.ts";
import { type Stack, startStack, type TestTenant } from "../../testing/stack.ts";

type Event = Record<string, unknown>;

let stack: Stack;
let acme: TestTenant;
let chatId: string;
const open: HubConnection[] = [];

beforeAll(async () => {
  stack = await startStack();
  acme = await stack.tenant("acme");
  chatId = await makeChat();
});
afterEach(async () => {
  await Promise.all(open.splice(0).map((connection) => connection.stop()));
});
afterAll(() => stack.close());

async function makeChat(): Promise<string> {
  const { body } = await acme.as("ada")<{ id: string }>("POST", "/Chat", { name: "Deck", memberUserIds: ["bob"] });
  return body.id;
}

function client(user: string, query = "", options: { reconnect?: number[]; skipNegotiation?: boolean } = {}) {
  const connection = stockClient(`${acme.url}/hub${query}`, { token: () => acme.token(user), ...options });
  const events: Event[] = [];
  connection.on("MessagingEvent", (event: Event) => {
    events.push(event);
  });
  open.push(connection);
  return { connection, events };
}

async function connected(user: string, query = "", options: Parameters<typeof client>[2] = {}) {
  const made = client(user, query, options);
  await made.connection.start();
  return made;
}

function send(user: string, content: string, more: object = {}) {
  return acme.as(user)<{ id: string; seq: number }>("POST", `/Chat/${chatId}/messages`, { content, ...more });
}

/** The node's own connections, as its sweep sees them. */
function connections() {
  return [...stack.api.realtime.connectionsOf(acme.tenantId)];
}

describe("the stock client", () => {
  test("connects with negotiation, has an id, and stops without an error", async () => {
    const { connection } = await connected("ada");
    expect(connection.connectionId).toMatch(/^[\w-]{22}$/);
    const closed = new Promise((resolve) => connection.onclose(resolve));
    await connection.stop();
    expect(await closed).toBeUndefined();
    await eventually(() => expect(connections()).toEqual([]));
  });

  test("connects without negotiation", async () => {
    const { connection } = await connected("ada", "", { skipNegotiation: true });
    expect(connection.connectionId).toBeNull();
    expect(await connection.invoke("ListChats")).toMatchObject({ totalCount: 1 });
  });

  test("is told at start what is wrong with its credential", async () => {
    const stranger = stockClient(`${acme.url}/hub`, { token: () => "x.y.z" });
    await expect(stranger.start()).rejects.toThrow(/401/);
  });

  test("misses nothing from the moment start() is done", async () => {
    for (let round = 0; round < 20; round++) {
      const { connection, events } = await connected("bob");
      const { body } = await send("ada", `round ${round}`);
      await eventually(() => expect(events.map(({ id }) => id)).toEqual([body.id]));
      await connection.stop();
    }
  });
});

describe("calls", () => {
  test("run an operation by its name in any letter case and return its answer", async () => {
    const { connection } = await connected("ada");
    const sent = await connection.invoke<Event>("SendMessage", { chatId, content: "by hub" });
    expect(sent).toMatchObject({ chatId, content: "by hub", senderId: "ada", seq: expect.any(Number) });
    const { body } = await acme.as("bob")("GET", `/Chat/${chatId}/messages/${sent.id}`);
    expect(await connection.invoke("getmessage", { chatId, messageId: sent.id })).toEqual(body);
  });

  test("fail with code and title, and with what else there is to say", async () => {
    const { connection } = await connected("ada");
    await expect(connection.invoke("SendMessage", { chatId })).rejects.toThrow(
      /^invalid: The request is not valid\. content: is required$/,
    );
    await expect(connection.invoke("CreateToken", { userId: "ada" })).rejects.toThrow(
      /^forbidden: This credential may not do that\. This call is for API keys and Admins$/,
    );
    await expect(connection.invoke("GetChat", { chatId: "nowhere" })).rejects.toThrow(
      "not_found: There is nothing here that you can see",
    );
    await expect(connection.invoke("ListChats", [])).rejects.toThrow("invalid: ");
    await expect(connection.invoke("ListChats", {}, {})).rejects.toThrow("invalid: ");
    await expect(connection.invoke("SendMessage", { chatId, content: "x", idempotencyKey: 1 })).rejects.toThrow(
      "invalid: ",
    );
    await expect(connection.invoke("Nope")).rejects.toThrow("Unknown hub method 'Nope'");
    await expect(connection.invoke("toString")).rejects.toThrow("Unknown hub method 'toString'");
  });

  test("of a stream are refused", async () => {
    const { connection } = await connected("ada");
    const error = await new Promise<Error>((resolve) => {
      connection.stream("ListChats").subscribe({ next: () => {}, complete: () => {}, error: resolve });
    });
    expect(error.message).toBe(
      "The client attempted to invoke the non-streaming 'ListChats' method with a streaming invocation.",
    );
  });

  test("keep their order, and send() needs no answer", async () => {
    const { connection } = await connected("ada");
    const first = await connection.invoke<{ seq: number }>("SendMessage", { chatId, content: "0" });
    for (let i = 1; i < 10; i++) await connection.send("SendMessage", { chatId, content: String(i) });
    const last = await connection.invoke<{ seq: number }>("SendMessage", { chatId, content: "10" });
    expect(last.seq).toBe(first.seq + 10);
    const { body } = await acme.as("ada")<{ data: Event[] }>("GET", `/Chat/${chatId}/messages?pageSize=11`);
    expect(body.data.map(({ content }) => content).reverse()).toEqual([
      "0",
      "1",
      "2",
      "3",
      "4",
      "5",
      "6",
      "7",
      "8",
      "9",
      "10",
    ]);
  });

  test("are done one after the other, however long one takes", async () => {
    const { connection } = await connected("ada");
    const { nextCursor: after } = await connection.invoke<{ nextCursor: string }>("ListEvents");
    const done: string[] = [];
    await Promise.all([
      connection.invoke("ListEvents", { after, wait: 1 }).then(() => done.push("long")),
      connection.invoke("ListChats").then(() => done.push("short")),
    ]);
    expect(done).toEqual(["long", "short"]);
  });

  test("with __proto__ as a name in them are refused, as at the REST edge", async () => {
    const { connection } = await connected("ada");
    const call = JSON.parse(`{"chatId":"${chatId}","content":"x","metadata":{"a":[{"__proto__":{"admin":true}}]}}`);
    await expect(connection.invoke("SendMessage", call)).rejects.toThrow("invalid: ");
  });

  test("sent just before stop() are done", async () => {
    const { connection } = await connected("ada");
    const content = `last words ${Date.now()}`;
    void connection.send("SendMessage", { chatId, content });
    await connection.stop();
    await eventually(async () => {
      const { body } = await acme.as("ada")<{ data: Event[] }>("GET", `/Chat/${chatId}/messages?pageSize=1`);
      expect(body.data[0]).toMatchObject({ content });
    });
  });

  test("that only wait end with their client; those behind them are done", async () => {
    const { connection } = await connected("ada");
    const { nextCursor: after } = await connection.invoke<{ nextCursor: string }>("ListEvents");
    const content = `behind a long wait ${Date.now()}`;
    void connection.send("ListEvents", { after, wait: 50 });
    void connection.send("SendMessage", { chatId, content });
    await connection.stop();
    await eventually(async () => {
      const { body } = await acme.as("ada")<{ data: Event[] }>("GET", `/Chat/${chatId}/messages?pageSize=1`);
      expect(body.data[0]).toMatchObject({ content });
    });
  });

  test("take an idempotency key as a field", async () => {
    const { connection } = await connected("ada");
    const call = { chatId, content: "once", idempotencyKey: `k${Date.now()}` };
    const first = await connection.invoke<Event>("SendMessage", call);
    expect(await connection.invoke("SendMessage", call)).toMatchObject({ id: first.id });
    await expect(connection.invoke("SendMessage", { ...call, content: "other" })).rejects.toThrow(
      "idempotency_reused: ",
    );
  });

  test("take what is no field of the operation's own in any letter case too, as MessagePack of .NET writes it", async () => {
    const { connection } = await connected("ada", "?clientId=page-1");
    const other = await connected("ada", "?clientId=page-2");
    const call = { ChatId: chatId, Content: "once", IdempotencyKey: "as .NET writes it", ClientId: "page-2" };
    const first = await connection.invoke<Event>("SendMessage", call);
    expect(await connection.invoke("SendMessage", call)).toMatchObject({ id: first.id });
    const last = await connection.invoke<Event>("SendMessage", { ...call, IdempotencyKey: null, ClientId: null });
    await eventually(() => expect(other.events.map(({ id }) => id)).toEqual([last.id]));
  });
});

describe("events", () => {
  test("are thin, or carry the object", async () => {
    const thin = await connected("bob");
    const full = await connected("bob", "?payload=full");
    const { body } = await send("ada", "hello");
    await eventually(() => expect([thin.events.length, full.events.length]).toEqual([1, 1]));
    expect(thin.events[0]).toEqual({
      type: "Chat",
      id: body.id,
      parentId: chatId,
      timestamp: expect.stringMatching(/Z$/),
      seq: body.seq,
      eventId: expect.any(String),
    });
    expect(full.events[0]).toEqual({ ...thin.events[0], payload: body });
  });

  test("leave out the page that sent, by hub and by REST, and no other", async () => {
    const page = await connected("ada", "?clientId=page-1");
    const tab = await connected("ada", "?clientId=page-2");
    const other = await connected("bob", "?clientId=page-1");
    await page.connection.invoke("SendMessage", { chatId, content: "hub" });
    await send("ada", "rest", { clientId: "page-1" });
    await page.connection.invoke("SendMessage", { chatId, content: "named", clientId: "page-2" });
    await eventually(() => expect(other.events).toHaveLength(3));
    await eventually(() => expect(tab.events).toHaveLength(2));
    expect(page.events).toHaveLength(1);
  });

  test("leave out the page that the body names where a header names none", async () => {
    const page = await connected("ada", "?clientId=page-1");
    const tab = await connected("ada", "?clientId=page-2");
    const headers = { "x-client-id": "" };
    const address = `/Chat/${chatId}/messages`;
    await acme.as("ada")("POST", address, { content: "rest", clientId: "page-1" }, headers);
    await acme.as("ada")("POST", `${address}?clientId=page-1`, { content: "rest" }, headers);
    await send("ada", "last");
    await eventually(() => expect(tab.events).toHaveLength(3));
    await eventually(() => expect(page.events).toHaveLength(1));
  });

  test("of other kinds come to those who ask", async () => {
    const guide = await connected("bob");
    const all = await connected("bob", "?events=all");
    const some = await connected("bob", "?events=memberadded");
    const { body } = await send("ada", "to edit");
    await acme.as("ada")("PATCH", `/Chat/${chatId}/messages/${body.id}`, { content: "edited" });
    await acme.as("ada")("POST", `/Chat/${chatId}/members`, { userId: `guest-${Date.now()}` });
    await eventually(() => expect(some.events).toHaveLength(1));
    await eventually(() => expect(all.events.map(({ type }) => type)).toContain("MemberAdded"));
    expect(guide.events.map(({ type }) => type)).toEqual(["Chat"]);
    expect(all.events.map(({ type }) => type)).toEqual(
      expect.arrayContaining(["Chat", "MessageEdited", "MemberAdded"]),
    );
    expect(some.events[0]).toMatchObject({
      type: "MemberAdded",
      parentId: chatId,
      id: expect.stringMatching(/^guest/),
    });
  });

  test("missed are replayed after since, one's own included, then live ones follow", async () => {
    const live = await connected("bob");
    await send("ada", "seen");
    await eventually(() => expect(live.events).toHaveLength(1));
    await live.connection.stop();
    const missed = [await send("ada", "missed 1"), await send("bob", "missed 2", { clientId: "me" })];
    const back = await connected("bob", `?clientId=me&events=all&since=${live.events[0]?.eventId}`);
    const after = await send("ada", "live");
    const ids = [...missed, after].map(({ body }) => body.id);
    await eventually(() => expect(back.events.filter(({ type }) => type === "Chat").map(({ id }) => id)).toEqual(ids));
    const position = back.events.find(({ type }) => type === "Position");
    expect(position).toEqual({ type: "Position", eventId: expect.any(String) });
  });

  test("a since that is of no use is told, and live events follow", async () => {
    const { events } = await connected("bob", "?since=nonsense");
    expect(events[0]).toEqual({ type: "Resync", reason: "invalid", eventId: expect.any(String) });
    await send("ada", "on");
    await eventually(() => expect(events.map(({ type }) => type)).toEqual(["Resync", "Chat"]));
  });
});
