import { HubConnectionBuilder, LogLevel } from "@microsoft/signalr";
import { createTRPCClient, createWSClient, wsLink } from "@trpc/client";
import type { PresenceChannel } from "pusher-js";
import { afterAll, beforeAll, expect, test } from "vitest";
import { WebSocket } from "ws";
import type { AppRouter } from "../../transport/trpc/router.ts";
import { eventually } from "../hub-client.ts";
import { appOf, authBy, stockPusher } from "../pusher-client.ts";
import { type Stack, startStack, type TestTenant } from "../stack.ts";

// One chat, one person by each protocol, on two nodes: all see the same people there, typing and reading.

let stack: Stack;
let tenant: TestTenant;
let other: string;

beforeAll(async () => {
  stack = await startStack();
  tenant = await stack.tenant("talk");
  other = (await stack.another()).url;
});
afterAll(() => stack.close());

interface Said {
  type: string;
  userId: string;
}

test("SignalR, Pusher and tRPC show the same people as there, typing, reading and away", async () => {
  const people = ["hub", "pusher", "trpc"];
  const ada = tenant.as("ada");
  const chatId = (await ada<{ id: string }>("POST", "/Chat", { name: "Talk", memberUserIds: people })).body.id;
  const token = Object.fromEntries(
    await Promise.all(people.map(async (name) => [name, await tenant.token(name)] as const)),
  );

  const hub = new HubConnectionBuilder()
    .withUrl(`${stack.url}/tenant/talk/v1/hub?events=all&payload=full`, { accessTokenFactory: () => token.hub ?? "" })
    .configureLogging(LogLevel.None)
    .build();
  const byHub: Said[] = [];
  hub.on("MessagingEvent", ({ type, payload }) => {
    if (["Typing", "Receipt", "Presence"].includes(type)) byHub.push({ type: type.toLowerCase(), ...payload });
  });
  await hub.start();

  const { key } = await appOf(tenant);
  const page = stockPusher(other, key, authBy(tenant, token.pusher ?? ""));
  const byPusher: Said[] = [];
  const room = page.subscribe(`presence-chat-${chatId}`) as PresenceChannel;
  const chat = page.subscribe(`private-chat-${chatId}`);
  for (const channel of [room, chat])
    channel.bind_global((type: string, said: { data: Said }) => {
      if (["typing", "receipt", "presence"].includes(type)) byPusher.push({ ...said.data, type });
    });
  await eventually(() => expect([room.subscribed, chat.subscribed]).toEqual([true, true]));

  const socket = createWSClient({
    url: `${stack.url.replace("http", "ws")}/api/trpc`,
    WebSocket: WebSocket as unknown as typeof globalThis.WebSocket,
    connectionParams: { token: token.trpc ?? "" },
  });
  const trpc = createTRPCClient<AppRouter>({ links: [wsLink({ client: socket })] });
  const subscription = trpc.events.subscribe.subscribe({}, {});

  const there = async () => {
    const isThere = ({ state }: { state: string }) => state !== "offline";
    const named = (list: { userId: string; state: string }[]) => list.filter(isThere).map(({ userId }) => userId);
    const byMembers: string[] = [];
    room.members.each(({ id }: { id: string }) => byMembers.push(id));
    const answers = [
      named((await hub.invoke<{ data: { userId: string; state: string }[] }>("GetPresence", { chatId })).data),
      named((await trpc.presence.get.query({ chatId })).data),
      byMembers,
    ];
    return answers.map((names) => names.toSorted());
  };
  await eventually(async () => expect(await there()).toEqual([people, people, people]));

  const hears = (said: Said[], type: string, userId: string) =>
    eventually(() => expect(said).toContainEqual(expect.objectContaining({ type, userId })));
  await trpc.typing.send.mutate({ chatId });
  await Promise.all([hears(byHub, "typing", "trpc"), hears(byPusher, "typing", "trpc")]);
  const { seq } = await hub.invoke<{ seq: number }>("SendMessage", { chatId, content: "Read me" });
  await trpc.reads.move.mutate({ chatId, seq });
  await Promise.all([hears(byHub, "receipt", "trpc"), hears(byPusher, "receipt", "trpc")]);
  await trpc.presence.set.mutate({ state: "away" });
  await Promise.all([hears(byHub, "presence", "trpc"), hears(byPusher, "presence", "trpc")]);

  subscription.unsubscribe();
  await socket.close();
  await hub.stop();
  page.disconnect();
});
