import { type HubConnection, Subject } from "@microsoft/signalr";
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { eventually, RawHubClient, stockClient } from "../../testing/hub-client.ts";
import { type Stack, startStack, type TestTenant } from "../../testing/stack.ts";
import { Calls } from "./calls.ts";

interface Item {
  eventId: string;
  type: string;
  data: { content?: string };
}

let stack: Stack;
let acme: TestTenant;
let chatId: string;
const open: HubConnection[] = [];

beforeAll(async () => {
  stack = await startStack();
  acme = await stack.tenant("acme");
  chatId = (await acme.as("ada")<{ id: string }>("POST", "/Chat", { memberUserIds: ["bob"] })).body.id;
});
afterEach(async () => {
  await Promise.all(open.splice(0).map((connection) => connection.stop()));
});
afterAll(() => stack.close());

const say = (content: string) => acme.as("ada")("POST", `/Chat/${chatId}/messages`, { content });
const cursor = async () => (await acme.as("bob")<{ nextCursor: string }>("GET", "/events")).body.nextCursor;

async function connected(query = "", token: () => string | Promise<string> = () => acme.token("bob")) {
  const connection = stockClient(`${acme.url}/hub${query}`, { token });
  open.push(connection);
  await connection.start();
  return connection;
}

function raw(): Promise<RawHubClient> {
  return acme.token("bob").then((token) => RawHubClient.open(`${acme.url}/hub?events=Typing`, token));
}

/** Reads a stream of events. */
function listen(connection: HubConnection, argument?: object) {
  const texts: unknown[] = [];
  let end: string | undefined;
  const args = argument ? [argument] : [];
  const subscription = connection.stream<Item>("SubscribeEvents", ...args).subscribe({
    next: ({ data }) => texts.push(data.content),
    complete: () => {
      end = "complete";
    },
    error: (error) => {
      end = error.message;
    },
  });
  return { texts, end: () => end, cancel: () => subscription.dispose() };
}

describe("a stream of events", () => {
  test("replays from a cursor, goes on live, and ends when the client cancels; calls are not held up by it", async () => {
    const connection = await connected();
    const since = await cursor();
    for (let i = 0; i < 3; i++) await say(`missed ${i}`);
    const stream = listen(connection, { since, kinds: ["message.created"] });
    await eventually(() => expect(stream.texts).toEqual(["missed 0", "missed 1", "missed 2"]));
    expect(await connection.invoke("ListChats")).toMatchObject({ totalCount: 1 });
    await say("live");
    await eventually(() => expect(stream.texts).toHaveLength(4));
    stream.cancel();
    const client = await raw();
    client.send({ type: 4, invocationId: "9", target: "subscribeevents", arguments: [] });
    await eventually(async () => {
      await say("again");
      expect(client.messages.some(({ type }) => type === 2)).toBe(true);
    });
    client.send({ type: 5, invocationId: "9" }, { type: 5, invocationId: "unknown" });
    expect(await client.completion("9")).toEqual({ type: 3, invocationId: "9" });
    client.socket.close();
    expect(stream.texts).toHaveLength(4);
  });

  test.each([
    [{ since: "garbage" }, "cursor_invalid: "],
    [{ kinds: ["nonsense"] }, "invalid: "],
    [{ Since: "garbage" }, "cursor_invalid: "],
    [{ KINDS: ["nonsense"] }, "invalid: "],
  ])("with %j ends with %s", async (argument, text) => {
    const stream = listen(await connected(), argument);
    await eventually(() => expect(stream.end()).toContain(text));
  });

  test("is not invoked, and what is no stream is not streamed; too many are refused", async () => {
    const connection = await connected();
    await expect(connection.invoke("SubscribeEvents")).rejects.toThrow(
      "The client attempted to invoke the streaming 'SubscribeEvents' method with a non-streaming invocation.",
    );
    const client = await raw();
    client.send({ type: 4, invocationId: "x", target: "ListChats", arguments: [] });
    expect((await client.completion("x")).error).toBe(
      "The client attempted to invoke the non-streaming 'ListChats' method with a streaming invocation.",
    );
    for (let i = 0; i < 51; i++)
      client.send({ type: 4, invocationId: String(i), target: "SubscribeEvents", arguments: [] });
    expect((await client.completion("50")).error).toBe("rate_limited: Too many streams of this connection");
    client.socket.close();
  });
});

describe("an upload", () => {
  test("sends each item, in order, with the fields that all have", async () => {
    const connection = await connected();
    const subject = new Subject<object>();
    const answer = connection.invoke("SendMessages", subject, { chatId });
    for (let i = 0; i < 100; i++) subject.next({ content: `up ${i}` });
    subject.complete();
    expect(await answer).toEqual({ sent: 100 });
    const { body } = await acme.as("bob")<{ data: { content: string }[] }>("GET", `/Chat/${chatId}/messages?limit=100`);
    expect(body.data.map(({ content }) => content).reverse()).toEqual(Array.from({ length: 100 }, (_, i) => `up ${i}`));
  });

  test("an item's own field stands before the one for all, however either is spelled, and null is left out", async () => {
    const { body } = await acme.as("bob")<{ id: string }>("POST", "/Chat", {});
    const subject = new Subject<object>();
    const connection = await connected();
    const answer = connection.invoke("SendMessages", subject, { chatId, IdempotencyKey: "of all" });
    subject.next({ ChatId: body.id, Content: "elsewhere", idempotencyKey: "its own" });
    subject.next({ ChatId: null, Content: "here", IdempotencyKey: null });
    subject.complete();
    expect(await answer).toEqual({ sent: 2 });
    const last = async (id: string) =>
      (await acme.as("bob")<{ data: { content: string }[] }>("GET", `/Chat/${id}/messages?limit=1`)).body.data[0];
    expect(await last(body.id)).toMatchObject({ content: "elsewhere" });
    expect(await last(chatId)).toMatchObject({ content: "here" });
  });

  test("ends with what is wrong: an item, the client's own error, a stream where none is taken, and none where one is", async () => {
    const connection = await connected();
    const bad = new Subject<object>();
    const refused = connection.invoke("SendMessages", bad, { chatId });
    bad.next({ content: "" });
    await expect(refused).rejects.toThrow("invalid: ");
    const broken = new Subject<object>();
    const failed = connection.invoke("SendMessages", broken, { chatId });
    broken.error(new Error("disk full"));
    await expect(failed).rejects.toThrow("An unexpected error occurred invoking 'SendMessages' on the server.");
    const text = (target: string) => `Failed to invoke '${target}' due to an error on the server.`;
    await expect(connection.invoke("ListChats", new Subject())).rejects.toThrow(text("ListChats"));
    await expect(connection.invoke("SendMessages", {})).rejects.toThrow(text("SendMessages"));
  });

  test("stops the reading with ten items that nobody has taken, until one is", async () => {
    const heard: string[] = [];
    let take = () => {};
    const taken = new Promise<void>((resolve) => {
      take = resolve;
    });
    const methods = {
      kindOf: () => "upload",
      upload: async (_args: unknown[], items: AsyncIterable<unknown>) => {
        await taken;
        let count = 0;
        for await (const _ of items) count++;
        return count;
      },
    };
    const calls = new Calls({
      methods: methods as never,
      principal: {} as never,
      clientId: undefined,
      link: { ip: () => "" },
      parallel: 1,
      answer: (message) => heard.push(JSON.stringify(message)),
      pressure: () => undefined,
      disconnect: () => {},
      pause: () => heard.push("pause"),
      resume: () => heard.push("resume"),
      idle: () => {},
    });
    calls.start();
    calls.invoke({ type: 1, invocationId: "0", target: "U", arguments: [], streamIds: ["u"] });
    for (let i = 0; i < 12; i++) {
      calls.item({ type: 2, invocationId: "u", item: i });
      expect(heard).toEqual(i < 9 ? [] : ["pause"]);
    }
    take();
    await eventually(() => expect(heard).toEqual(["pause", "resume"]));
    calls.completed({ type: 3, invocationId: "u" });
    await eventually(() => expect(heard.at(-1)).toBe('{"type":3,"invocationId":"0","result":12}'));
  });

  test("is read whole, however it is worked off", async () => {
    const client = await raw();
    const items = Array.from({ length: 40 }, (_, i) => ({
      type: 2,
      invocationId: "u",
      item: { content: `slow ${i}` },
    }));
    client.send({ type: 1, invocationId: "0", target: "SendMessages", arguments: [{ chatId }], streamIds: ["u"] });
    for (let i = 0; i < items.length; i += 10) client.send(...items.slice(i, i + 10));
    client.send({ type: 3, invocationId: "u" });
    expect((await client.completion("0")).result).toEqual({ sent: 40 });
    client.socket.close();
  });
});

describe("calls", () => {
  test("run one at a time, or as many at once as the tenant says; an id is used once at a time", async () => {
    const order = async () => {
      const client = await raw();
      const after = await cursor();
      client.send(
        { type: 1, invocationId: "long", target: "ListEvents", arguments: [{ after, wait: 1 }] },
        { type: 1, invocationId: "short", target: "ListChats", arguments: [] },
        { type: 1, invocationId: "long", target: "ListChats", arguments: [] },
      );
      await client.completion("short");
      await eventually(() => expect(client.messages.filter(({ type }) => type === 3)).toHaveLength(3));
      client.socket.close();
      return client.messages.flatMap(({ type, invocationId, error }) => (type === 3 ? [error ?? invocationId] : []));
    };
    const inUse = "Invocation ID 'long' is already in use.";
    expect(await order()).toEqual([inUse, "long", "short"]);
    await acme.key()("PATCH", "/admin/tenant", { settings: { hub: { parallelInvocations: 2 } } });
    expect(await order()).toEqual([inUse, "short", "long"]);
    await acme.key()("PATCH", "/admin/tenant", { settings: { hub: { parallelInvocations: 1 } } });
  });

  test("that are cancelled: what waits ends, what has not begun is not done", async () => {
    const client = await raw();
    const after = await cursor();
    client.send(
      { type: 1, invocationId: "wait", target: "ListEvents", arguments: [{ after, wait: 50 }] },
      { type: 1, invocationId: "send", target: "SendMessage", arguments: [{ chatId, content: "never" }] },
      { type: 5, invocationId: "send" },
      { type: 5, invocationId: "wait" },
    );
    expect((await client.completion("send")).error).toBe("Invocation canceled.");
    expect((await client.completion("wait")).result).toMatchObject({ data: [] });
    const { body } = await acme.as("bob")<{ data: { content: string }[] }>("GET", `/Chat/${chatId}/messages?limit=1`);
    expect(body.data[0]?.content).not.toBe("never");
    client.socket.close();
  });
});

describe("a client's result", () => {
  // So that a connection ends with its token, before a sweep of that time takes its client for gone.
  beforeAll(() => acme.key()("PATCH", "/admin/tenant", { settings: { tokenExpiry: { grace: 0 } } }));

  async function shortLived(user: string, method?: () => Promise<string>, query = "?renew=true") {
    const answer = await acme.key()<{ token: string }>("POST", "/tokens", { userId: user, expiresInSeconds: 20 });
    const connection = stockClient(`${acme.url}/hub${query}`, { token: () => answer.body.token });
    open.push(connection);
    if (method) connection.on("AccessToken", method);
    await connection.start();
    const live = stack.api.realtime.connectionsOf(acme.tenantId).find(({ id }) => id === connection.connectionId);
    if (!live) throw new Error("no connection");
    return { connection, live, expiresAt: live.principal.expiresAt ?? 0 };
  }

  test("is a new token, so that a connection outlives the one it was made with", async () => {
    let asked = 0;
    const { live, expiresAt } = await shortLived("bob", () => {
      asked++;
      return acme.token("bob");
    });
    live.sweep(Date.now() + 1);
    live.sweep(Date.now() + 2);
    await eventually(() => expect(live.principal.expiresAt).toBeGreaterThan(expiresAt + 60_000));
    live.sweep(expiresAt + 1);
    await say("still here");
    expect(asked).toBe(1);
    expect(stack.api.realtime.connectionsOf(acme.tenantId)).toContain(live);
  });

  test("that is somebody else's token, none, or an error leaves things as they are", async () => {
    const answers = [() => acme.token("ada"), async () => "x.y.z", () => Promise.reject(new Error("offline"))];
    const all = await Promise.all([...answers, undefined].map((method) => shortLived("bob", method)));
    const heard = all.map(({ connection }) => new Promise((resolve) => connection.onclose(resolve)));
    for (const { live, expiresAt } of all) live.sweep(expiresAt - 1);
    for (const { connection } of all) await connection.invoke("ListChats");
    for (const { live, expiresAt } of all) {
      expect(live.principal.expiresAt).toBe(expiresAt);
      live.sweep(expiresAt + 1);
    }
    for (const each of heard) expect(String(await each)).toContain("The token has run out");
  });

  test("is not asked of who did not say that it can give one", async () => {
    const client = await raw();
    const [live] = stack.api.realtime.connectionsOf(acme.tenantId).slice(-1);
    live?.sweep((live.principal.expiresAt ?? 0) - 1);
    client.send(
      { type: 1, invocationId: "0", target: "Nope", arguments: [] },
      { type: 3, invocationId: "s1", result: 1 },
    );
    await client.completion("0");
    expect(client.messages.filter(({ target }) => target === "AccessToken")).toEqual([]);
    client.socket.close();
  });
});
