import { once } from "node:events";
import { afterAll, beforeAll, expect, test } from "vitest";
import { WebSocket } from "ws";
import { eventually, RawHubClient } from "../hub-client.ts";
import { appOf, RawPusher } from "../pusher-client.ts";
import { type Stack, startStack, type TestTenant } from "../stack.ts";
import { resumeColumns } from "./columns.ts";

// Who does not read is cut off rather than kept in memory, and has missed nothing when it comes back.

let stack: Stack;
let tenant: TestTenant;
let chatId: string;
let token: string;

beforeAll(async () => {
  stack = await startStack();
  tenant = await stack.tenant("slow");
  const plenty = { rate: 10_000, burst: 10_000 };
  await tenant.key()("PATCH", "/admin/tenant", { settings: { rates: { user: plenty, tenant: plenty } } });
  chatId = (await tenant.as("ada")<{ id: string }>("POST", "/Chat", { memberUserIds: ["rea"] })).body.id;
  token = await tenant.token("rea");
});
afterAll(() => stack.close());

/** A bare socket that has begun to listen. */
interface Listening {
  socket: WebSocket;
  /** Messages that have come: their ids, with where each is in the log. */
  heard(): { id: string; eventId: string }[];
}

async function overHub(): Promise<Listening> {
  const hub = await RawHubClient.open(`${tenant.url}/hub?payload=full`, token);
  const heard = () =>
    hub.messages.flatMap(({ arguments: [event] = [] }) =>
      event?.type === "Chat" ? [{ id: String(event.id), eventId: String(event.eventId) }] : [],
    );
  return { socket: hub.socket, heard };
}

async function overPusher(): Promise<Listening> {
  const raw = await RawPusher.open(stack.url, (await appOf(tenant)).key);
  const channel = `private-chat-${chatId}`;
  const { body } = await tenant.as("rea")("POST", "/pusher/auth", { socket_id: raw.socketId, channel_name: channel });
  raw.send("pusher:subscribe", { channel, ...body });
  await raw.next("pusher_internal:subscription_succeeded");
  const heard = () =>
    raw.all("message.created").map(({ data }) => {
      const { eventId, data: message } = data as { eventId: string; data: { id: string } };
      return { id: message.id, eventId };
    });
  return { socket: raw.socket, heard };
}

async function overTrpc(input: { since?: string } = {}): Promise<Listening> {
  const socket = new WebSocket(`${stack.url.replace("http", "ws")}/api/trpc?connectionParams=1`);
  socket.on("error", () => {});
  const frames: {
    result?: { type: string; data?: { data: { type: string; eventId: string; data: { id: string } } } };
  }[] = [];
  socket.on("message", (data) => frames.push(JSON.parse(String(data))));
  await once(socket, "open");
  socket.send(JSON.stringify({ method: "connectionParams", data: { token } }));
  socket.send(JSON.stringify({ id: 1, method: "subscription", params: { path: "events.subscribe", input } }));
  await eventually(() => expect(frames[0]?.result?.type).toBe("started"));
  const heard = () =>
    frames.flatMap(({ result }) => {
      const event = result?.data?.data;
      return event?.type === "message.created" ? [{ id: event.data.id, eventId: event.eventId }] : [];
    });
  return { socket, heard };
}

const openers = [
  { name: "SignalR, WebSockets, json", open: overHub },
  { name: "Pusher", open: overPusher },
  { name: "tRPC, WebSocket", open: () => overTrpc() },
];

test("a reader that does not read is cut off, by each protocol, and has everything once it comes back", async () => {
  const since = (await tenant.as("rea")<{ nextCursor: string }>("GET", "/events")).body.nextCursor;
  const stuck = await Promise.all(openers.map(({ open }) => open()));
  const closed = stuck.map(({ socket }) => once(socket, "close"));
  for (const { socket } of stuck) socket.pause();
  // Six bytes a letter on the wire: more than what a system holds for a socket beside the mebibyte that a node does.
  const content = "\u0001".repeat(15_000);
  const sent: string[] = [];
  for (let n = 0; n < 100; n++)
    sent.push((await tenant.as("ada")<{ id: string }>("POST", `/Chat/${chatId}/messages`, { content })).body.id);
  sent.push((await tenant.as("ada")<{ id: string }>("POST", `/Chat/${chatId}/messages`, { content: "last" })).body.id);
  for (const { socket } of stuck) socket.resume();
  await Promise.all(closed);
  for (const [index, { name }] of openers.entries()) {
    const before = stuck[index]?.heard() ?? [];
    const column = resumeColumns.find((each) => each.name === name);
    const place = { url: stack.url, tenantId: tenant.tenantId, token, since: before.at(-1)?.eventId ?? since };
    const back = await column?.open(place);
    const ids = () => [...before, ...(back?.heard ?? [])].map(({ id }) => id);
    await eventually(() => expect(ids().length).toBeGreaterThanOrEqual(sent.length));
    expect(ids(), name).toEqual(sent);
    expect(before.length, name).toBeLessThan(sent.length);
    expect(back?.resyncs, name).toEqual([]);
    await back?.close();
  }
});

test("a page of many MiB that was missed goes at the pace of who reads it, over one socket of tRPC", async () => {
  const since = (await tenant.as("rea")<{ nextCursor: string }>("GET", "/events")).body.nextCursor;
  const content = "\u0001".repeat(15_000);
  for (let n = 0; n < 150; n++) await tenant.as("ada")("POST", `/Chat/${chatId}/messages`, { content });
  const { socket, heard } = await overTrpc({ since });
  const closed = once(socket, "close");
  await Promise.race([closed, eventually(() => expect(heard().length).toBe(150))]);
  expect(heard().length).toBe(150);
  socket.close();
});
