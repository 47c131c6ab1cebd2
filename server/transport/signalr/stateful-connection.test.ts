import { once } from "node:events";
import { HttpTransportType, type HubConnection, HubConnectionBuilder, LogLevel } from "@microsoft/signalr";
import { MessagePackHubProtocol } from "@microsoft/signalr-protocol-msgpack";
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { type AlternatingProxy, openAlternatingProxy } from "../../testing/alternating-proxy.ts";
import { type CutProxy, openCutProxy } from "../../testing/cut-proxy.ts";
import { eventually, RawHubClient, refusedUpgrade } from "../../testing/hub-client.ts";
import { type Stack, startStack, type TestTenant } from "../../testing/stack.ts";

// What the traps are is told in HubProtocol.md and in the stock client's MessageBuffer.

let stack: Stack;
let second: Awaited<ReturnType<Stack["another"]>>;
let acme: TestTenant;
let balancer: AlternatingProxy;
let wire: CutProxy;
let chatId: string;
let token: string;
const open: HubConnection[] = [];

beforeAll(async () => {
  stack = await startStack();
  acme = await stack.tenant("acme");
  second = await stack.another();
  balancer = await openAlternatingProxy([stack.url, second.url]);
  wire = await openCutProxy(balancer.url);
  token = await acme.token("bob");
  chatId = (await acme.as("ada")<{ id: string }>("POST", "/Chat", { memberUserIds: ["bob"] })).body.id;
});
afterEach(async () => {
  await Promise.all(open.splice(0).map((connection) => connection.stop()));
});
afterAll(async () => {
  await wire.close();
  await balancer.close();
  await stack.close();
});

const say = (content: string) => acme.as("ada")<{ id: string }>("POST", `/Chat/${chatId}/messages`, { content });
const cut = () => {
  wire.cut();
  wire.mend();
};

/** A stock client with stateful reconnect, over a wire that can be cut and a balancer that knows no stickiness. */
async function client(options: { format?: "json" | "messagepack"; query?: string } = {}) {
  const builder = new HubConnectionBuilder()
    .withUrl(`${wire.url}/tenant/acme/v1/hub?payload=full${options.query ?? ""}`, {
      accessTokenFactory: () => token,
      transport: HttpTransportType.WebSockets,
    })
    .withAutomaticReconnect([0, 100, 500])
    .withStatefulReconnect()
    .configureLogging(LogLevel.None);
  if (options.format === "messagepack") builder.withHubProtocol(new MessagePackHubProtocol());
  const connection = builder.build();
  open.push(connection);
  const texts: string[] = [];
  const heard: string[] = [];
  connection.on("MessagingEvent", ({ payload }) => texts.push(payload.content));
  connection.onreconnecting((error) => heard.push(`reconnecting ${error?.message ?? ""}`));
  connection.onreconnected(() => heard.push("reconnected"));
  await connection.start();
  return { connection, texts, heard };
}

/** The connections of the first node. */
const connections = () => stack.api.realtime.connectionsOf(acme.tenantId);
const everywhere = () => [...connections(), ...second.api.realtime.connectionsOf(acme.tenantId)];

describe.each(["json", "messagepack"] as const)("a socket that breaks, %s", (format) => {
  test("is no news: 60 events arrive once each, in order, and calls are answered once", async () => {
    const { connection, texts, heard } = await client({ format });
    const id = connection.connectionId;
    const before: string[] = [];
    const answers: Promise<unknown>[] = [];
    for (let i = 0; i < 60; i++) {
      before.push(`${format} ${i}`);
      await say(`${format} ${i}`);
      if (i % 20 === 10) {
        answers.push(connection.invoke("SendMessage", { chatId, content: `${format} by hub ${i}` }));
        cut();
      }
    }
    await eventually(() => expect(texts.filter((text) => !text.includes("hub"))).toHaveLength(60));
    expect(texts.filter((text) => !text.includes("hub"))).toEqual(before);
    const sent = (await Promise.all(answers)) as { content: string }[];
    await eventually(() => expect(texts.filter((text) => text.includes("hub"))).toHaveLength(3));
    expect(texts.filter((text) => text.includes("hub"))).toEqual(sent.map(({ content }) => content));
    expect({ id: connection.connectionId, heard }).toEqual({ id, heard: [] });
  });

  test("right after a backfill that came with the handshake repeats nothing (trap 1)", async () => {
    const { body } = await acme.as("bob")<{ nextCursor: string }>("GET", "/events");
    for (let i = 0; i < 3; i++) await say(`missed ${i}`);
    const { texts, heard } = await client({ format, query: `&since=${body.nextCursor}` });
    await eventually(() => expect(texts).toHaveLength(3));
    cut();
    await say("live");
    await eventually(() => expect(texts).toContain("live"));
    expect({ texts, heard }).toEqual({ texts: ["missed 0", "missed 1", "missed 2", "live"], heard: [] });
  });
});

describe.each(["json", "messagepack"] as const)("a connection that is over (trap 2), %s", (format) => {
  test("by the server's word: one clean reconnect, and nothing comes twice, nor after a break of the new one", async () => {
    const { connection, texts, heard } = await client({ format });
    const id = connection.connectionId;
    everywhere()[0]?.disconnect("log_reset");
    await eventually(() => expect(heard.at(-1)).toBe("reconnected"));
    expect(connection.connectionId).not.toBe(id);
    await say("after");
    await eventually(() => expect(texts).toEqual(["after"]));
    cut();
    await say("after the cut");
    await eventually(() => expect(texts).toContain("after the cut"));
    expect({ texts, heard }).toEqual({
      texts: ["after", "after the cut"],
      heard: ["reconnecting Server returned an error on close: The log was restored; reload", "reconnected"],
    });
    expect(everywhere().map(({ id }) => id)).toEqual([connection.connectionId]);
  });

  test("because the client has heard nothing: the same", async () => {
    const { connection, texts, heard } = await client({ format });
    connection.onreconnecting(() => {
      connection.serverTimeoutInMilliseconds = 30_000;
    });
    connection.serverTimeoutInMilliseconds = 50;
    await say("arms the new timeout");
    await eventually(() => expect(heard).toContain("reconnected"));
    for (let i = 0; i < 5; i++) await say(`after ${i}`);
    const told = ["arms the new timeout", ...Array.from({ length: 5 }, (_, i) => `after ${i}`)];
    await eventually(() => expect(texts).toContain("after 4"));
    expect(texts).toEqual(told);
    await eventually(() => expect(everywhere()).toHaveLength(1));
    cut();
    await say("after the cut");
    await eventually(() => expect(texts).toContain("after the cut"));
    expect(texts).toEqual([...told, "after the cut"]);
    await eventually(() => expect(everywhere()).toHaveLength(1));
  });
});

/** A bare socket of a stateful connection. */
async function raw() {
  const answer = await fetch(`${acme.url}/hub/negotiate?negotiateVersion=1&useStatefulReconnect=true`, {
    method: "POST",
    headers: { authorization: `Bearer ${token}` },
  });
  const { connectionToken, connectionId } = (await answer.json()) as Record<string, string>;
  const url = `${acme.url}/hub?payload=full&id=${connectionToken}`;
  const attach = async () => {
    const socket = new RawHubClient(url, { authorization: `Bearer ${token}` });
    await once(socket.socket, "open");
    return socket;
  };
  const first = await attach();
  first.send({ protocol: "json", version: 2 });
  await first.next(() => true);
  const live = connections().find(({ id }) => id === connectionId);
  if (!live) throw new Error("no connection");
  return { url, attach, first, live };
}

const notFound = { status: 404, text: "No Connection with that ID" };
const refused = (url: string, bearer = token) => refusedUpgrade(url, { authorization: `Bearer ${bearer}` });
const contents = ({ messages }: RawHubClient) =>
  messages.flatMap(({ arguments: args }) =>
    (args ?? []).map(({ payload }) => (payload as { content: string }).content),
  );

describe("on the wire", () => {
  test("numbered messages wait for the first word after the handshake; acks come by the second", async () => {
    const { first, live } = await raw();
    await say("held");
    live.sweep(Date.now() + 1000);
    live.sweep(Date.now() + 15_000);
    await first.next(({ type }) => type === 6);
    expect(contents(first)).toEqual([]);
    first.send({ type: 6 });
    await first.next(({ type }) => type === 1);
    first.send({ type: 1, invocationId: "0", target: "Nope", arguments: [] });
    await first.completion("0");
    live.sweep(Date.now() + 1000);
    expect(await first.next(({ type }) => type === 8)).toEqual({ type: 8, sequenceId: 1 });
    first.send({ type: 7 });
    expect((await first.closed).code).toBe(1000);
  });

  test("a second socket wins, hears nothing before its Sequence, then the number, then what was not acknowledged", async () => {
    const { first, attach, live, url } = await raw();
    first.send({ type: 6 });
    await say("one");
    await say("two");
    await eventually(() => expect(contents(first)).toEqual(["one", "two"]));
    first.send({ type: 8, sequenceId: 1 });
    first.send({ type: 1, invocationId: "0", target: "Nope", arguments: [] });
    await first.completion("0");
    const second = await attach();
    expect((await first.closed).code).toBe(1006);
    await say("three");
    live.sweep(Date.now() + 1000);
    second.send({ type: 6 });
    expect(second.messages).toEqual([]);
    second.send({ type: 9, sequenceId: 1 }, { type: 1, invocationId: "0", target: "Nope", arguments: [] });
    await eventually(() => expect(contents(second)).toEqual(["two", "three"]));
    expect(second.messages[0]).toEqual({ type: 9, sequenceId: 2 });
    // The call that came again was not made again: its one answer is among what was kept.
    expect(second.messages.filter(({ type }) => type === 3)).toHaveLength(1);
    expect(await refused(url, await acme.token("ada"))).toMatchObject(notFound);
    second.send({ type: 7 });
    await second.closed;
    expect(await refused(url)).toMatchObject(notFound);
  });

  test("a gap ends it", async () => {
    const { first, attach } = await raw();
    first.socket.terminate();
    const second = await attach();
    second.send({ type: 9, sequenceId: 5 });
    expect(await second.next(({ type }) => type === 7)).toMatchObject({ allowReconnect: true });
  });

  test("one that says nothing is left alone, and the id forgotten", async () => {
    const { first, attach, live, url } = await raw();
    first.socket.terminate();
    const before = Date.now();
    const stray = await attach();
    await say("not for a stray");
    live.sweep(before + 4000);
    expect(connections()).toContain(live);
    live.sweep(Date.now() + 6000);
    expect(connections()).not.toContain(live);
    expect(await refused(url)).toMatchObject(notFound);
    stray.send({ type: 9, sequenceId: 1 });
    stray.socket.ping();
    await once(stray.socket, "pong");
    expect({ said: stray.messages, state: stray.socket.readyState }).toEqual({ said: [], state: 1 });
    for (let i = 0; i < 250; i++) stray.send({ type: 6 });
    expect((await stray.closed).code).toBe(1006);
  });

  test("one whose credential is revoked meanwhile is not told so over it", async () => {
    const { first, attach, live } = await raw();
    first.socket.terminate();
    const stray = await attach();
    live.disconnect("revoked");
    stray.socket.ping();
    await once(stray.socket, "pong");
    expect(stray.messages).toEqual([]);
    expect(connections()).not.toContain(live);
    stray.socket.terminate();
  });

  test("after 15 s without a socket it is gone; a goodbye makes it so at once", async () => {
    const { first, live, url } = await raw();
    const before = Date.now();
    first.socket.terminate();
    live.sweep(before + 14_000);
    expect(connections()).toContain(live);
    await eventually(() => {
      live.sweep(Date.now() + 16_000);
      expect(connections()).not.toContain(live);
    });
    expect(await refused(url)).toMatchObject(notFound);
    const polite = await raw();
    polite.first.socket.close();
    await polite.first.closed;
    expect(await refused(polite.url)).toMatchObject(notFound);
  });

  test("more than a mebibyte kept for a client that is away, and it is not waited for", async () => {
    const { first, live, url } = await raw();
    first.send({ type: 6 });
    first.socket.terminate();
    await first.closed;
    const text = "x".repeat(16_000);
    for (let i = 0; i < 70; i++) await say(text);
    await eventually(() => expect(connections()).not.toContain(live));
    expect(await refused(url)).toMatchObject(notFound);
  });

  test("a handshake of version 1 makes an ordinary connection of it", async () => {
    const answer = await fetch(`${acme.url}/hub/negotiate?negotiateVersion=1&useStatefulReconnect=true`, {
      method: "POST",
      headers: { authorization: `Bearer ${token}` },
    });
    const { connectionToken } = (await answer.json()) as { connectionToken: string };
    const url = `${acme.url}/hub?id=${connectionToken}`;
    const plain = await RawHubClient.open(url, token);
    plain.socket.terminate();
    await eventually(async () => expect(await refused(url)).toMatchObject(notFound));
  });
});
