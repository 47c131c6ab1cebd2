import { once } from "node:events";
import { encode } from "@msgpack/msgpack";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { WebSocket } from "ws";
import { eventually, RawHubClient } from "../../testing/hub-client.ts";
import { type Stack, startStack, type TestTenant } from "../../testing/stack.ts";
import { lengthPrefix } from "./msgpack-codec.ts";

const rs = "\u001e";
const unreadable = { type: 7, error: "Connection closed with an error.", allowReconnect: true };

let stack: Stack;
let acme: TestTenant;
let ada: string;
let chatId: string;

beforeAll(async () => {
  stack = await startStack();
  acme = await stack.tenant("acme");
  ada = await acme.token("ada");
  const { body } = await acme.as("ada")<{ id: string }>("POST", "/Chat", { memberUserIds: ["bob"] });
  chatId = body.id;
});
afterAll(() => stack.close());

function open(token = ada): Promise<RawHubClient> {
  return RawHubClient.open(`${acme.url}/hub`, token);
}

async function lastWords(client: RawHubClient): Promise<[unknown, number]> {
  const { code } = await client.closed;
  return [client.messages.at(-1), code];
}

/** A small generator with a seed, so that a failure can be repeated. */
function random(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  };
}

/** A frame that is wrong in some way: bytes, cut or bent messages, odd types, names and arguments. */
function malformed(pick: (below: number) => number): string | Buffer {
  const good = JSON.stringify({ type: 1, invocationId: "0", target: "GetChat", arguments: [{ chatId }] }) + rs;
  const odd = [null, [], {}, Number.MAX_VALUE, -1, "\u0000", "\ud800", "__proto__", { __proto__: null }, [[[[]]]]];
  const some = () => odd[pick(odd.length)];
  switch (pick(6)) {
    case 0:
      return Buffer.from(Array.from({ length: pick(200) }, () => pick(256)));
    case 1:
      return good.slice(0, pick(good.length)) + rs;
    case 2: {
      const at = pick(good.length);
      return good.slice(0, at) + String.fromCharCode(pick(256)) + good.slice(at + 1);
    }
    case 3:
      return (
        JSON.stringify({ type: pick(12), target: some(), arguments: some(), invocationId: some(), item: some() }) + rs
      );
    case 4:
      return JSON.stringify({ type: 1, invocationId: "1", target: "SendMessage", arguments: [some()] }) + rs;
    default:
      return `${JSON.stringify({ type: 1, invocationId: "2", target: "SendMessage", arguments: [{ chatId: some(), content: some(), metadata: some() }] })}${rs}`;
  }
}

describe("frames that cannot be read", () => {
  test("2,000 of them: an answer or a Close, the node goes on, memory stays", { timeout: 60_000 }, async () => {
    const pick = random(7);
    const errors: string[] = [];
    global.gc?.();
    const before = process.memoryUsage().rss;
    let sent = 0;
    while (sent < 2000) {
      const client = await open();
      for (; sent < 2000 && client.socket.readyState === client.socket.OPEN; sent++) {
        client.sendRaw(malformed(pick));
        if (sent % 5 === 0) await new Promise((resolve) => setImmediate(resolve));
      }
      client.socket.close();
      await client.closed;
      errors.push(...client.messages.flatMap(({ error }) => error ?? []));
    }
    expect(errors.filter((text) => text.startsWith("internal"))).toEqual([]);
    expect(errors).toContain(unreadable.error);
    expect(process.memoryUsage().rss - before).toBeLessThan(100 * 1024 * 1024);
    const client = await open();
    client.send({ type: 1, invocationId: "0", target: "GetChat", arguments: [{ chatId }] });
    expect((await client.completion("0")).result).toMatchObject({ id: chatId });
    client.socket.close();
  });

  test("500 of them in MessagePack: the same", { timeout: 60_000 }, async () => {
    const pick = random(11);
    const call = encode([1, {}, "0", "GetChat", [{ chatId }]]);
    const hello = `{"protocol":"messagepack","version":1}${rs}`;
    for (let sent = 0; sent < 500; ) {
      const socket = new WebSocket(`${acme.url.replace("http", "ws")}/hub`, {
        headers: { authorization: `Bearer ${ada}` },
      });
      socket.on("error", () => {});
      const closed = once(socket, "close");
      await once(socket, "open");
      socket.send(hello);
      for (; sent < 500 && socket.readyState === socket.OPEN; sent++) {
        const body = pick(2) ? Buffer.from(call) : Buffer.from(Array.from({ length: pick(80) }, () => pick(256)));
        for (let bent = 0; bent < pick(4); bent++) body[pick(body.length)] = pick(256);
        socket.send(Buffer.concat([lengthPrefix(pick(8) ? body.length : pick(100_000)), body]));
        if (sent % 5 === 0) await new Promise((resolve) => setImmediate(resolve));
      }
      socket.close();
      await closed;
    }
    const client = await open();
    client.send({ type: 1, invocationId: "0", target: "GetChat", arguments: [{ chatId }] });
    expect((await client.completion("0")).result).toMatchObject({ id: chatId });
    client.socket.close();
  });

  test("a message of 64 KiB is read, a byte more closes with a word about coming back", async () => {
    const client = await open();
    const empty = JSON.stringify({ type: 1, invocationId: "0", target: "", arguments: [] }) + rs;
    const sized = (bytes: number) => empty.replace('"target":""', `"target":"${"x".repeat(bytes - empty.length)}"`);
    client.sendRaw(sized(65_536));
    expect((await client.completion("0")).error).toMatch(/^Unknown hub method/);
    client.sendRaw(sized(65_537));
    expect(await lastWords(client)).toEqual([unreadable, 1009]);
    const long = await open();
    long.sendRaw("x".repeat(262_145));
    expect(await lastWords(long)).toEqual([unreadable, 1009]);
    const stranger = new RawHubClient(`${acme.url}/hub`, { authorization: `Bearer ${ada}` });
    await once(stranger.socket, "open");
    stranger.sendRaw(`{"protocol":"json","version":1${" ".repeat(65_537)}}${rs}`);
    expect((await stranger.closed).code).toBe(1009);
  });

  test("text that is not UTF-8, and one in more than 64 fragments, likewise", async () => {
    const binaryAsText = await open();
    binaryAsText.socket.send(Buffer.from([0xff, 0xfe, 0x1e]), { binary: false });
    expect(await lastWords(binaryAsText)).toEqual([unreadable, 1007]);
    const fragments = await open();
    for (let i = 0; i < 66; i++) fragments.socket.send("x", { fin: false });
    expect(await lastWords(fragments)).toEqual([unreadable, 1008]);
  });

  test("before the handshake are a handshake error, and no Close", async () => {
    const client = new RawHubClient(`${acme.url}/hub`, { authorization: `Bearer ${ada}` });
    await once(client.socket, "open");
    client.sendRaw(`GET / HTTP/1.1${rs}`);
    await client.closed;
    expect(client.messages).toEqual([{ error: "An unexpected error occurred during connection handshake." }]);
  });
});

describe("too much", () => {
  test("a flood of frames is cut off, with a word about coming back", async () => {
    const client = await open();
    for (let i = 0; i < 500; i++) client.send({ type: 6 });
    expect(await lastWords(client)).toEqual([{ type: 7, error: "Too many frames", allowReconnect: true }, 4429]);
  });

  test("a burst of 500 calls in one frame is normal use", async () => {
    const client = await open();
    const calls = Array.from({ length: 500 }, (_, i) => ({
      type: 1,
      invocationId: String(i),
      target: "Nope",
      arguments: [],
    }));
    client.send(...calls);
    await client.completion("499");
    expect(client.messages.slice(1).map(({ invocationId }) => invocationId)).toEqual(
      calls.map(({ invocationId }) => invocationId),
    );
    client.socket.close();
  });

  test("an answer beyond what a connection may queue is refused, and the connection stays", {
    timeout: 60_000,
  }, async () => {
    await Promise.all(
      Array.from({ length: 100 }, () =>
        acme.as("ada")("POST", `/Chat/${chatId}/messages`, { content: "x".repeat(16_000) }),
      ),
    );
    const client = await open();
    client.send({ type: 1, invocationId: "0", target: "ListMessages", arguments: [{ chatId, limit: 100 }] });
    expect((await client.completion("0")).error).toBe("too_large: The answer is too large");
    client.send({ type: 1, invocationId: "1", target: "ListMessages", arguments: [{ chatId, limit: 2 }] });
    expect((await client.completion("1")).result).toMatchObject({ data: [{}, {}] });
    client.socket.close();
  });

  test("a client that does not read is cut off, and nobody else waits for it", { timeout: 60_000 }, async () => {
    const bob = await acme.token("bob");
    const slow = await RawHubClient.open(`${acme.url}/hub?payload=full`, bob);
    const quick = await RawHubClient.open(`${acme.url}/hub`, bob);
    slow.socket.pause();
    const open = () => stack.api.realtime.size;
    const before = open();
    const send = acme.as("ada");
    let stored = 0;
    for (let round = 0; open() === before && round < 60; round++) {
      const posts = Array.from({ length: 50 }, () =>
        send("POST", `/Chat/${chatId}/messages`, { content: "x".repeat(16_000) }),
      );
      stored += (await Promise.all(posts)).filter(({ status }) => status === 201).length;
    }
    await eventually(() => expect(open()).toBe(before - 1));
    await eventually(() => expect(quick.messages.length - 1).toBe(stored));
    slow.socket.terminate();
    quick.socket.close();
  });
});

describe("the node's end", () => {
  test("tells every client to come back, and waits for nobody's waiting", async () => {
    const own = await startStack();
    const tenant = await own.tenant("acme");
    const one = await RawHubClient.open(`${tenant.url}/hub`, await tenant.token("ada"));
    const two = await RawHubClient.open(`${tenant.url}/hub`, await tenant.token("bob"));
    one.send({ type: 1, invocationId: "0", target: "ListEvents", arguments: [{}] });
    const { nextCursor: after } = (await one.completion("0")).result as { nextCursor: string };
    one.send({ type: 1, invocationId: "1", target: "ListEvents", arguments: [{ after, wait: 50 }] });
    two.send({ type: 6 });
    await eventually(() => expect(own.api.realtime.size).toBe(2));
    const began = Date.now();
    await own.close();
    expect(Date.now() - began).toBeLessThan(20_000);
    const farewell = { type: 7, error: "The server is restarting", allowReconnect: true };
    for (const client of [one, two]) expect(await lastWords(client)).toEqual([farewell, 1001]);
  });
});
