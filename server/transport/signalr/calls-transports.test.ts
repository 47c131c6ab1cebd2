import { once } from "node:events";
import { createServer, request } from "node:http";
import type { AddressInfo } from "node:net";
import { HubConnectionBuilder, LogLevel, type HubConnection as StockClient, Subject } from "@microsoft/signalr";
import { MessagePackHubProtocol } from "@microsoft/signalr-protocol-msgpack";
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { type AlternatingProxy, openAlternatingProxy } from "../../testing/alternating-proxy.ts";
import { eventually, RawHubClient } from "../../testing/hub-client.ts";
import { type Stack, startStack, type TestTenant } from "../../testing/stack.ts";
import { visitorHeader } from "../../visitor-address.ts";
import type { HubConnection } from "./hub-connection.ts";
import type { TransportName } from "./link.ts";

// Streams both ways and results of clients, over every transport and format that the stock client has, from a node that knows no
// stickiness to the one that has the connection.

let stack: Stack;
let other: Awaited<ReturnType<Stack["another"]>>;
let acme: TestTenant;
let balancer: AlternatingProxy;

beforeAll(async () => {
  stack = await startStack();
  other = await stack.another();
  balancer = await openAlternatingProxy([stack.url, other.url]);
  acme = await stack.tenant("acme");
});
afterAll(async () => {
  await balancer.close();
  await stack.close();
});

const transportCodes = { WebSockets: 1, ServerSentEvents: 2, LongPolling: 4 } as const;
const ways: [TransportName, "json" | "messagepack"][] = [
  ["WebSockets", "json"],
  ["WebSockets", "messagepack"],
  ["ServerSentEvents", "json"],
  ["LongPolling", "json"],
  ["LongPolling", "messagepack"],
];

async function connect([transport, format]: (typeof ways)[number], token: string): Promise<StockClient> {
  const builder = new HubConnectionBuilder()
    .withUrl(`${balancer.url}/tenant/acme/v1/hub?renew=true`, {
      accessTokenFactory: () => token,
      transport: transportCodes[transport] as number,
    })
    .configureLogging(LogLevel.None);
  if (format === "messagepack") builder.withHubProtocol(new MessagePackHubProtocol());
  return builder.build();
}

test.each(ways)(
  "%s, %s: a stream replays, goes on live and is cancelled; an upload is sent in order; a new token is asked for",
  async (...way) => {
    const user = way.join("-").toLowerCase();
    const { body: chat } = await acme.as("ada")<{ id: string }>("POST", "/Chat", { memberUserIds: [user] });
    const say = (content: string) => acme.as("ada")("POST", `/Chat/${chat.id}/messages`, { content });
    const since = (await acme.as(user)<{ nextCursor: string }>("GET", "/events")).body.nextCursor;
    await say("missed");
    const short = await acme.key()<{ token: string }>("POST", "/tokens", { userId: user, expiresInSeconds: 20 });
    const connection = await connect(way, short.body.token);
    let asked = 0;
    connection.on("AccessToken", () => {
      asked++;
      return acme.token(user);
    });
    await connection.start();

    const texts: unknown[] = [];
    let end: string | undefined;
    const subscription = connection
      .stream<{ data: { content?: string } }>("SubscribeEvents", { since, kinds: ["message.created"] })
      .subscribe({
        next: ({ data }) => texts.push(data.content),
        complete: () => {
          end = "complete";
        },
        error: (error) => {
          end = error.message;
        },
      });
    await eventually(() => expect(texts).toEqual(["missed"]));
    const items = new Subject<object>();
    const answer = connection.invoke("SendMessages", items, { chatId: chat.id });
    const sent = Array.from({ length: 25 }, (_, i) => `up ${i}: 👋`);
    for (const content of sent) items.next({ content });
    items.complete();
    expect(await answer).toEqual({ sent: 25 });
    await eventually(() => expect(texts).toEqual(["missed", ...sent]));
    const failing = new Subject<object>();
    const failed = connection.invoke("SendMessages", failing, { chatId: chat.id });
    failing.next({ content: "" });
    await expect(failed).rejects.toThrow("invalid: ");

    const live = [stack.api, other.api]
      .flatMap(({ realtime }) => realtime.connectionsOf(acme.tenantId))
      .find(({ principal }) => principal.userId === user);
    live?.sweep(Date.now() + 1); // asks, unless the node's own sweep has done so
    await eventually(() => expect(live?.principal.expiresAt).toBeGreaterThan(Date.now() + 60_000));
    expect(asked).toBe(1);

    subscription.dispose();
    // Calls are worked on in order: after this one the stream is over.
    await connection.invoke("ListChats");
    await say("after it");
    await connection.invoke("ListChats");
    expect({ count: texts.length, end }).toEqual({ count: 26, end: undefined });
    await connection.stop();
  },
);

test.each(ways)("%s, %s: sixty sends of 1.5 kB at once, which the client joins, are all done", async (...way) => {
  const connection = await connect(way, await acme.token("ada"));
  const { body: chat } = await acme.as("ada")<{ id: string }>("POST", "/Chat", { name: way.join(" ") });
  await connection.start();
  const content = "x".repeat(1500);
  const sends = Array.from({ length: 60 }, () => connection.invoke("SendMessage", { chatId: chat.id, content }));
  expect((await Promise.all(sends)).map(({ seq }) => seq)).toEqual(sends.map((_, i) => i + 1));
  await connection.stop();
});

test("an answer that goes deeper than MessagePack is written is refused to its caller, and ends nothing", async () => {
  const connection = await connect(["WebSockets", "messagepack"], await acme.token("root", ["Admin"]));
  await connection.start();
  const part = (value: string) => Buffer.from(value).toString("base64url");
  const token = `${part('{"alg":"HS256"}')}.${part(`{"deep":${"[".repeat(200)}${"]".repeat(200)}}`)}.`;
  await expect(connection.invoke("TestIssuer", { token })).rejects.toThrow("too_large: The answer is too large");
  expect(await connection.invoke("TestIssuer", { token: "none" })).toMatchObject({ ok: false, rule: "form" });
  await connection.stop();
});

test("another node is asked by the path alone: an address that names a host leads to nobody else", async () => {
  const asked: (string | undefined)[] = [];
  const stranger = createServer(({ url }, response) => {
    asked.push(url);
    response.end("a stranger's answer");
  }).listen(0, "127.0.0.1");
  await once(stranger, "listening");
  const headers = { authorization: `Bearer ${await acme.token("bob")}` };
  const negotiated = await fetch(`${acme.url}/hub/negotiate?negotiateVersion=1`, { method: "POST", headers });
  const { connectionToken } = (await negotiated.json()) as Record<string, string>;
  const { port } = stranger.address() as AddressInfo;
  const path = `http://127.0.0.1:${port}/tenant/acme/v1/hub?id=${connectionToken}`;
  const [answer] = await once(request(other.url, { path, headers }).end(), "response");
  let text = "";
  for await (const chunk of answer) text += chunk;
  stranger.close();
  expect([answer.statusCode, text, asked]).toEqual([200, "", []]);
});

/** A stateful connection of the first node, with a bare socket by way of any. */
async function stateful() {
  const headers = { authorization: `Bearer ${await acme.token("bob")}` };
  const query = "negotiateVersion=1&useStatefulReconnect=true";
  const negotiated = await fetch(`${acme.url}/hub/negotiate?${query}`, { method: "POST", headers });
  const { connectionId, connectionToken } = (await negotiated.json()) as Record<string, string>;
  const attach = async (node: string, words: object[], from?: { headers: object; localAddress: string }) => {
    const url = `${node}/tenant/acme/v1/hub?id=${connectionToken}`;
    const client = new RawHubClient(url, { ...headers, ...from?.headers }, from?.localAddress);
    await once(client.socket, "open");
    client.send(...words);
    return client;
  };
  const first = await attach(stack.url, [{ protocol: "json", version: 2 }]);
  await first.next(() => true);
  first.socket.terminate();
  return { connectionId, attach };
}

const nope = { type: 1, invocationId: "0", target: "Nope", arguments: [] };

test("a node that has passed a socket on ends without it, and its client goes on by way of another", async () => {
  const third = await stack.another();
  const { attach } = await stateful();
  const passedOn = await attach(third.url, [{ type: 9, sequenceId: 1 }, nope]);
  await passedOn.completion("0");
  await third.api.close();
  expect((await passedOn.closed).code).toBe(1006);
  const back = await attach(stack.url, [{ type: 9, sequenceId: 2 }]);
  await back.completion("0"); // nobody has said that it came
  back.send({ type: 7 });
  await back.closed;
});

test("a node that ends while it looks for another passes no poll on: it would be held there, and hold the stop", async () => {
  const third = await stack.another();
  const headers = { authorization: `Bearer ${await acme.token("bob")}` };
  const negotiated = await fetch(`${acme.url}/hub/negotiate?negotiateVersion=1`, { method: "POST", headers });
  const { connectionToken } = (await negotiated.json()) as Record<string, string>;
  const { realtime } = third.api;
  const ended = vi.spyOn(realtime, "close"); // comes after the hub has closed
  const looked = vi.spyOn(realtime, "urlOf").mockImplementation(async () => {
    await eventually(() => expect(ended).toHaveBeenCalled());
    return stack.url;
  });
  const poll = fetch(`${third.url}/tenant/acme/v1/hub?id=${connectionToken}`, { headers });
  await eventually(() => expect(looked).toHaveBeenCalled());
  await third.api.close();
  expect((await poll).status).toBe(404);
});

test("who comes by way of another node is known by their own address, whatever they say of it themselves", async () => {
  const ipOf = (id: string | undefined) => {
    const connection = stack.api.realtime.connectionsOf(acme.tenantId).find((live) => live.id === id);
    return (connection as HubConnection | undefined)?.link.ip();
  };
  const from = { headers: { [visitorHeader]: "192.0.2.1 x" }, localAddress: "127.0.0.2" };
  const { connectionId, attach } = await stateful();
  const socket = await attach(other.url, [{ type: 9, sequenceId: 1 }, nope], from);
  await socket.completion("0");
  expect(ipOf(connectionId)).toBe("127.0.0.2");
  socket.send({ type: 7 });
  await socket.closed;

  const authorization = `Bearer ${await acme.token("bob")}`;
  const asked = { method: "POST", headers: { authorization } };
  const negotiated = await fetch(`${acme.url}/hub/negotiate?negotiateVersion=1`, asked);
  const polling = (await negotiated.json()) as Record<string, string>;
  const url = `${other.url}/tenant/acme/v1/hub?id=${polling.connectionToken}`;
  const poll = request(url, { localAddress: from.localAddress, headers: { authorization, ...from.headers } }).end();
  const [answer] = await once(poll, "response");
  answer.resume();
  expect(ipOf(polling.connectionId)).toBe("127.0.0.2");
  await fetch(url, { ...asked, method: "DELETE" });
});
