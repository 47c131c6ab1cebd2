import { HttpTransportType, type HubConnection, HubConnectionBuilder, LogLevel } from "@microsoft/signalr";
import { afterAll, beforeAll, expect, test } from "vitest";
import { pressureBytes } from "../../realtime/connection.ts";
import { eventually, RawHubClient } from "../../testing/hub-client.ts";
import { type Stack, startStack, type TestTenant } from "../../testing/stack.ts";

// Many large answers to one client: each page of four messages is some 65 kB.

let stack: Stack;
let acme: TestTenant;
let token: string;
let page: { chatId: string; limit: number };
/** A chat without a message. */
let quiet: { chatId: string };
const open: HubConnection[] = [];

beforeAll(async () => {
  stack = await startStack();
  acme = await stack.tenant("acme");
  token = await acme.token("ada");
  const ada = acme.as("ada");
  const { body: chat } = await ada<{ id: string }>("POST", "/Chat", { name: "Long" });
  for (let i = 0; i < 4; i++) await ada("POST", `/Chat/${chat.id}/messages`, { content: "x".repeat(16_000) });
  page = { chatId: chat.id, limit: 4 };
  quiet = { chatId: (await ada<{ id: string }>("POST", "/Chat", { name: "Quiet" })).body.id };
});
afterAll(async () => {
  await Promise.all(open.map((connection) => connection.stop()));
  await stack.close();
});

const listPage = (id: number) => ({ type: 1, invocationId: `${id}`, target: "ListMessages", arguments: [page] });

test("a client gets its answers as fast as it reads", { timeout: 60_000 }, async () => {
  const client = await RawHubClient.open(`${acme.url}/hub`, token);
  client.socket.pause();
  const asked = 200;
  for (let id = 0; id < asked; id += 50) client.send(...Array.from({ length: 50 }, (_, i) => listPage(id + i)));
  const queued = () => stack.api.realtime.connectionsOf(acme.tenantId)[0]?.facts().queuedBytes ?? 0;
  await eventually(() => expect(queued()).toBeGreaterThan(pressureBytes));
  // In the time that these take all would have been answered.
  for (let i = 0; i < 100; i++) await acme.as("ada")("GET", `/Chat/${quiet.chatId}`);
  client.socket.resume();
  await eventually(() => expect(client.messages.filter(({ type }) => type === 3)).toHaveLength(asked));
  expect(client.messages.filter(({ error }) => error !== undefined)).toEqual([]);
  client.socket.close();
  await client.closed;
});

/** Whose answers count as read when the client has said so, about once a second. */
async function stateful() {
  const connection = new HubConnectionBuilder()
    .withUrl(`${acme.url}/hub`, { accessTokenFactory: () => token, transport: HttpTransportType.WebSockets })
    .withAutomaticReconnect()
    .withStatefulReconnect()
    .configureLogging(LogLevel.None)
    .build();
  open.push(connection);
  const breaks: unknown[] = [];
  connection.onreconnecting((error) => breaks.push(error));
  await connection.start();
  return { connection, breaks };
}

test("twenty pages at once over a connection with stateful reconnect", { timeout: 60_000 }, async () => {
  const { connection, breaks } = await stateful();
  const pages = Array.from({ length: 20 }, () => connection.invoke("ListMessages", page));
  expect((await Promise.all(pages)).map(({ data }) => data.length)).toEqual(pages.map(() => 4));
  expect(breaks).toEqual([]);
});

test("with more waiting than is read on for, what the client has read is heard of all the same", {
  timeout: 60_000,
}, async () => {
  const { connection, breaks } = await stateful();
  const pages = Array.from({ length: 10 }, () => connection.invoke("ListMessages", page));
  const small = Array.from({ length: 400 }, () => connection.invoke("GetChat", quiet));
  expect((await Promise.all(pages)).map(({ data }) => data.length)).toEqual(pages.map(() => 4));
  expect(await Promise.all(small)).toHaveLength(400);
  expect(breaks).toEqual([]);
});
