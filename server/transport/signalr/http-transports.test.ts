import type { ServerResponse } from "node:http";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { LiveConnection } from "../../realtime/live-connection.ts";
import { eventually, RawHubClient } from "../../testing/hub-client.ts";
import { type Stack, startStack, type TestTenant } from "../../testing/stack.ts";

const rs = "\u001e";
const hello = `{"protocol":"json","version":1}${rs}`;
const gone = [404, "No Connection with that ID"];
let stack: Stack;
let other: string;
let acme: TestTenant;
let token: string;
let chatId: string;

beforeAll(async () => {
  stack = await startStack();
  other = (await stack.another()).url;
  acme = await stack.tenant("acme");
  token = await acme.token("bob");
  chatId = (await acme.as("ada")<{ id: string }>("POST", "/Chat", { memberUserIds: ["bob"] })).body.id;
});
afterAll(() => stack.close());

const say = (content: string) => acme.as("ada")("POST", `/Chat/${chatId}/messages`, { content });
const bearer = () => ({ authorization: `Bearer ${token}` });
const plain = async (answer: Response | Promise<Response>): Promise<[number, string]> => {
  const { status } = await answer;
  return [status, await (await answer).text()];
};

/** A connection that is negotiated, and what a client may do with it. */
async function negotiated(base = stack.url) {
  const hub = `${base}/tenant/acme/v1/hub`;
  const answer = await fetch(`${hub}/negotiate?negotiateVersion=1`, { method: "POST", headers: bearer() });
  const { connectionToken: id, connectionId } = (await answer.json()) as Record<string, string>;
  const ask = (method: string, at = hub, init: RequestInit = {}) =>
    fetch(`${at}?id=${id}`, { ...init, method, headers: { ...bearer(), ...init.headers } });
  return {
    poll: (at?: string, init?: RequestInit) => ask("GET", at, init),
    post: (body: string | Uint8Array, at?: string) => ask("POST", at, { body: body as BodyInit }),
    end: (at?: string) => ask("DELETE", at),
    stream: (at?: string, init: RequestInit = {}) =>
      ask("GET", at, { ...init, headers: { accept: "text/event-stream" } }),
    live: ({ realtime } = stack.api) => realtime.connectionsOf(acme.tenantId).find((each) => each.id === connectionId),
  };
}

/** Waits until the node holds a poll of the connection. */
const held = (live: () => LiveConnection | undefined) =>
  eventually(() => expect((live() as unknown as { link: { poll?: object } }).link.poll).toBeDefined());

/** One that polls, with its handshake done. */
async function polling() {
  const made = await negotiated();
  await made.poll();
  await made.post(hello);
  await made.poll();
  return made;
}

describe("long polling", () => {
  test("answers the first poll at once and empty, the handshake with the next, then what there is, all of it", async () => {
    const { poll, post, end } = await negotiated();
    const first = await poll();
    expect([first.status, await first.text()]).toEqual([200, ""]);
    expect(await plain(post(hello))).toEqual([200, ""]);
    expect(await plain(poll())).toEqual([200, `{}${rs}`]);
    await post(`${JSON.stringify({ type: 1, invocationId: "0", target: "A", arguments: [] })}${rs}{"type":1,"invo`);
    await post(`cationId":"1","target":"B","arguments":[]}${rs}`);
    const answer = await poll();
    expect(Object.fromEntries(answer.headers)).toMatchObject({
      "content-type": "application/octet-stream",
      "cache-control": "no-cache, no-store",
      pragma: "no-cache",
      expires: "Thu, 01 Jan 1970 00:00:00 GMT",
    });
    const text = await answer.text();
    expect(
      text
        .split(rs)
        .slice(0, -1)
        .map((part) => JSON.parse(part).error),
    ).toEqual(["Unknown hub method 'A'", "Unknown hub method 'B'"]);
    expect(await plain(end())).toEqual([202, ""]);
    expect(await plain(post(hello))).toEqual(gone);
    expect(await plain(poll())).toEqual(gone);
    expect(await plain(end())).toEqual(gone);
  });

  test("lets go of a poll with 204 when another comes, and answers a quiet one after 90 s", async () => {
    const { poll, live } = await polling();
    const first = poll();
    await held(live);
    const second = poll();
    expect(await plain(first)).toEqual([204, ""]);
    live()?.sweep(Date.now() + 89_000);
    live()?.sweep(Date.now() + 91_000);
    expect(await plain(second)).toEqual([200, ""]);
    live()?.disconnect("terminated");
    const [status, text] = await plain(poll());
    expect([status, text]).toEqual([200, `{"type":7,"error":"Disconnected by an operator"}${rs}`]);
    expect(await plain(poll())).toEqual([204, ""]);
  });

  test("forgets a client that has not asked for 15 s, and one that has gone in the middle of a poll", async () => {
    const { live, poll } = await polling();
    const leaving = new AbortController();
    const cut = poll(undefined, { signal: leaving.signal }).catch(() => undefined);
    await held(live);
    const before = Date.now();
    leaving.abort();
    await cut;
    live()?.sweep(before + 14_000);
    expect(live()).toBeDefined();
    await eventually(() => {
      live()?.sweep(Date.now() + 16_000);
      expect(live()).toBeUndefined();
    });
    expect(await plain(poll())).toEqual(gone);
  });

  test("what is not asked for is bounded: a client that does not come is told to resume", async () => {
    const { live, poll } = await polling();
    const text = "x".repeat(16_000);
    const sink = live() as unknown as { answer(message: object): void };
    for (let i = 0; i < 80; i++) {
      sink.answer({ type: 3, invocationId: "0", result: text });
      await new Promise((resolve) => setImmediate(resolve));
    }
    expect((await plain(poll()))[1]).toContain('"allowReconnect":true');
    expect(await plain(poll())).toEqual([204, ""]);
  });
});

describe("Server-Sent Events", () => {
  test("begin with a comment, carry a turn's messages as one unnamed event, and end with the connection", async () => {
    const { stream, post, live } = await negotiated();
    const answer = await stream();
    expect(Object.fromEntries(answer.headers)).toMatchObject({
      "content-type": "text/event-stream",
      "cache-control": "no-cache, no-store",
      pragma: "no-cache",
    });
    expect(await plain(stream())).toEqual([409, "The connection is already in use"]);
    expect(await plain(post(hello))).toEqual([200, ""]);
    await eventually(() => expect((live() as unknown as { phase: string }).phase).toBe("open"));
    live()?.disconnect("terminated");
    expect(await answer.text()).toBe(
      `:\r\ndata: {}${rs}\r\n\r\ndata: {"type":7,"error":"Disconnected by an operator"}${rs}\r\n\r\n`,
    );
    expect(live()).toBeUndefined();
  });

  test("are pinged as sockets are", async () => {
    const { stream, post, live, end } = await negotiated();
    const reader = (await stream()).body?.getReader();
    await post(hello);
    await eventually(() => expect((live() as unknown as { phase: string }).phase).toBe("open"));
    live()?.sweep(Date.now() + 1000);
    live()?.sweep(Date.now() + 15_000);
    let text = "";
    while (!text.includes('"type":6')) text += Buffer.from((await reader?.read())?.value ?? []).toString();
    expect(text).toContain(`data: {"type":6}${rs}\r\n\r\n`);
    expect(await plain(end())).toEqual([400, "Cannot terminate this connection using the DELETE endpoint."]);
    await reader?.cancel();
    await eventually(() => expect(live()).toBeUndefined());
  });

  test("end for who does not read them, too", async () => {
    const { stream, post, live } = await negotiated();
    const unread = await stream();
    await post(hello);
    await eventually(() => expect((live() as unknown as { phase: string }).phase).toBe("open"));
    const connection = live() as unknown as LiveConnection & { answer(message: object): void };
    // The two ends of the connection take some MiB before anything waits here.
    while (connection.facts().queuedBytes === 0) {
      connection.answer({ type: 3, invocationId: "0", result: "x".repeat(400_000) });
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
    connection.disconnect("revoked");
    expect(live()).toBeDefined();
    connection.sweep(Date.now() + 60_000);
    await eventually(() => expect(live()).toBeUndefined());
    await expect(unread.text()).rejects.toThrow();
  });

  test("carry no bytes: MessagePack is refused in .NET's words", async () => {
    const { stream, post } = await negotiated();
    const answer = await stream();
    await post(`{"protocol":"messagepack","version":1}${rs}`);
    expect(await answer.text()).toContain("Cannot use the 'messagepack' protocol on the current transport.");
  });
});

describe("what a client sends", () => {
  test("may be 256 KiB together, and nothing unreadable ends more than its connection", async () => {
    const { post, poll } = await polling();
    expect((await post("x".repeat(262_145))).status).toBe(413);
    expect(await plain(post(`nonsense${rs}`))).toEqual([200, ""]);
    expect(await plain(poll())).toEqual([
      200,
      `{"type":7,"error":"Connection closed with an error.","allowReconnect":true}${rs}`,
    ]);
    expect(await plain(poll())).toEqual([204, ""]);
  });

  test("waits while nothing is read; too much at once ends the connection", async () => {
    const { post, poll, live } = await polling();
    const connection = live() as unknown as { pause(): void; resume(): void };
    connection.pause();
    let answered = false;
    const held = post(`{"type":6}${rs}`).then((answer) => {
      answered = true;
      return answer.status;
    });
    await new Promise((resolve) => setTimeout(resolve, 50));
    expect(answered).toBe(false);
    connection.resume();
    expect(await held).toBe(200);
    connection.pause();
    const many = await Promise.all(
      Array.from({ length: 9 }, () => post(`{"type":6}${rs}`).then(({ status }) => status)),
    );
    expect(new Set(many)).toEqual(new Set([404]));
    expect((await plain(poll()))[1]).toContain("Too many frames");
  });

  test("belongs to its user alone", async () => {
    const { poll } = await polling();
    const stranger = { headers: { authorization: `Bearer ${await acme.token("ada")}` } };
    expect(await plain(poll(undefined, stranger))).toEqual(gone);
    expect((await poll(undefined, { headers: { authorization: "Bearer x.y.z" } })).status).toBe(401);
  });
});

describe("another node", () => {
  const there = () => `${other}/tenant/acme/v1/hub`;

  test("brings polls, posts and streams to where the connection is, with their refusals", async () => {
    const { poll, post, end } = await negotiated();
    expect(await plain(poll(there()))).toEqual([200, ""]);
    await post(hello, there());
    expect(await plain(poll(there()))).toEqual([200, `{}${rs}`]);
    expect(await plain(end(there()))).toEqual([202, ""]);
    expect(await plain(poll(there()))).toEqual(gone);
    const { stream, live } = await negotiated();
    const leaving = new AbortController();
    const answer = await stream(there(), { signal: leaving.signal });
    expect(answer.headers.get("content-type")).toBe("text/event-stream");
    expect(live()).toBeDefined();
    leaving.abort();
    await eventually(() => expect(live()).toBeUndefined());
  });

  test("cuts a stream off when the node that it comes from is gone", async () => {
    const { stream, live } = await negotiated();
    const answer = await stream(there());
    const { response } = (live() as unknown as { link: { response: ServerResponse } }).link;
    response.socket?.destroy();
    await expect(answer.text()).rejects.toThrow();
  });

  test("does not pass on what was passed on, nor what belongs to a node that is not there", async () => {
    const { poll } = await negotiated();
    expect(await plain(poll(there(), { headers: { "x-parley-hop": "1" } }))).toEqual(gone);
    const third = await stack.another();
    const lost = await negotiated(third.url);
    await third.api.close();
    expect(await plain(lost.poll(there()))).toEqual(gone);
    expect(await plain(lost.stream(there()))).toEqual(gone);
  });

  test("a node that ends tells its clients to come back, whatever they came by", async () => {
    const third = await stack.another();
    const poller = await negotiated(third.url);
    const hub = `${third.url}/tenant/acme/v1/hub`;
    await poller.poll(hub);
    await poller.post(hello, hub);
    await poller.poll(hub);
    const streamer = await negotiated(third.url);
    const stream = await streamer.stream(hub);
    await streamer.post(hello, hub);
    const socket = await RawHubClient.open(hub, token);
    const waiting = poller.poll(hub);
    await say("something, so that all are there");
    await waiting;
    const last = poller.poll(hub);
    await held(() => poller.live(third.api));
    const began = performance.now();
    await third.api.close();
    expect(performance.now() - began).toBeLessThan(15_000);
    const word = `{"type":7,"error":"The server is restarting","allowReconnect":true}${rs}`;
    expect(await plain(last)).toEqual([200, word]);
    expect(await stream.text()).toContain(word);
    expect(await socket.next(({ type }) => type === 7)).toMatchObject({ allowReconnect: true });
  });
});
