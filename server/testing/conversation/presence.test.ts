import { type HubConnection, HubConnectionBuilder, LogLevel } from "@microsoft/signalr";
import { createTRPCClient, createWSClient, type TRPCClient, wsLink } from "@trpc/client";
import type PusherJs from "pusher-js";
import type { PresenceChannel } from "pusher-js";
import { afterAll, beforeAll, expect, test } from "vitest";
import { WebSocket } from "ws";
import type { Envelope } from "../../events.ts";
import type { AppRouter } from "../../transport/trpc/router.ts";
import { eventually } from "../hub-client.ts";
import { appOf, authBy, stockPusher } from "../pusher-client.ts";
import { type Stack, startStack, type TestTenant } from "../stack.ts";
import { overSse } from "../trpc-listener.ts";

// One chat, one person by each protocol, on two nodes: all see the same people there, typing, reading and away, and their notifications.

const people = ["hub", "pusher", "trpc"];
let stack: Stack;
let tenant: TestTenant;
let other: string;
let chatId: string;
const token: Record<string, string> = {};
let hub: HubConnection;
let page: PusherJs;
let socket: ReturnType<typeof createWSClient>;
let trpc: TRPCClient<AppRouter>;

beforeAll(async () => {
  stack = await startStack();
  tenant = await stack.tenant("talk");
  other = (await stack.another()).url;
  const made = await tenant.as("ada")<{ id: string }>("POST", "/Chat", { name: "Talk", memberUserIds: people });
  chatId = made.body.id;
  for (const name of people) token[name] = await tenant.token(name);
  hub = new HubConnectionBuilder()
    .withUrl(`${stack.url}/tenant/talk/v1/hub?events=all&payload=full`, { accessTokenFactory: () => token.hub ?? "" })
    .configureLogging(LogLevel.None)
    .build();
  const { key } = await appOf(tenant);
  page = stockPusher(other, key, authBy(tenant, token.pusher ?? ""));
  socket = createWSClient({
    url: `${stack.url.replace("http", "ws")}/api/trpc`,
    WebSocket: WebSocket as unknown as typeof globalThis.WebSocket,
    connectionParams: { token: token.trpc ?? "" },
  });
  trpc = createTRPCClient<AppRouter>({ links: [wsLink({ client: socket })] });
});
afterAll(async () => {
  await socket.close();
  await hub.stop();
  page.disconnect();
  await stack.close();
});

interface Said {
  type: string;
  userId: string;
  state?: string;
  seq?: number;
}

type States = { data: { userId: string; state: string }[] };

test("SignalR, Pusher and tRPC show the same people as there, typing, reading and away, whoever of them it is", async () => {
  const byHub: Said[] = [];
  hub.on("MessagingEvent", ({ type, payload }) => {
    if (["Typing", "Receipt", "Presence"].includes(type)) byHub.push({ type: type.toLowerCase(), ...payload });
  });
  await hub.start();
  const byPusher: Said[] = [];
  const room = page.subscribe(`presence-chat-${chatId}`) as PresenceChannel;
  const chat = page.subscribe(`private-chat-${chatId}`);
  for (const channel of [room, chat])
    channel.bind_global((type: string, said: { data: Said }) => {
      if (["typing", "receipt", "presence"].includes(type)) byPusher.push({ ...said.data, type });
    });
  await eventually(() => expect([room.subscribed, chat.subscribed]).toEqual([true, true]));
  const subscription = trpc.events.subscribe.subscribe({}, {});

  /** How each protocol shows everybody to be. Pusher shows who is there as members, and how each is by events. */
  const pictures = async () => {
    const named = ({ data }: States) =>
      Object.fromEntries(data.map(({ userId, state }) => [userId, state]).filter(([, state]) => state !== "offline"));
    const byMembers: Record<string, string> = {};
    room.members.each(({ id }: { id: string }) => {
      byMembers[id] = byPusher.findLast(({ type, userId }) => type === "presence" && userId === id)?.state ?? "online";
    });
    return [
      named(await hub.invoke<States>("GetPresence", { chatId })),
      named(await trpc.presence.get.query({ chatId })),
      byMembers,
    ];
  };
  const allShow = (states: Record<string, string>) =>
    eventually(async () => expect(await pictures()).toEqual([states, states, states]));
  const there = { hub: "online", pusher: "online", trpc: "online" };
  await allShow(there);

  const asPusher = tenant.as("pusher"); // its clients do by REST what its channels do not carry
  const actors = {
    hub: {
      type: () => hub.invoke("SendTyping", { chatId }),
      read: (seq: number) => hub.invoke("MoveRead", { chatId, seq }),
      be: (state: "away" | "online") => hub.invoke("SetPresence", { state }),
    },
    pusher: {
      type: () => asPusher("POST", `/Chat/${chatId}/typing`),
      read: (seq: number) => asPusher("PUT", `/Chat/${chatId}/read`, { seq }),
      be: (state: "away" | "online") => asPusher("PUT", "/presence", { state }),
    },
    trpc: {
      type: () => trpc.typing.send.mutate({ chatId }),
      read: (seq: number) => trpc.reads.move.mutate({ chatId, seq }),
      be: (state: "away" | "online") => trpc.presence.set.mutate({ state }),
    },
  };
  const heardBy: Record<string, Said[]> = { hub: byHub, pusher: byPusher };
  const heard = (actor: string, said: Partial<Said>) =>
    eventually(() => {
      // One's own typing and reading is no news to oneself.
      for (const [listener, list] of Object.entries(heardBy))
        if (listener !== actor)
          expect(list, listener).toContainEqual(expect.objectContaining({ ...said, userId: actor }));
    });
  for (const [actor, does] of Object.entries(actors)) {
    await does.type();
    await heard(actor, { type: "typing" });
    const { body } = await tenant.as("ada")<{ seq: number }>("POST", `/Chat/${chatId}/messages`, { content: "Read" });
    await does.read(body.seq);
    await heard(actor, { type: "receipt", seq: body.seq });
    await does.be("away");
    await heard(actor, { type: "presence", state: "away" });
    await allShow({ ...there, [actor]: "away" });
    await does.be("online");
    await allShow(there);
  }
  subscription.unsubscribe();
});

test("a notification's life is told alike by SignalR, Pusher and tRPC, to its user alone", async () => {
  const heard: Record<string, { type: string; eventId: string | undefined; data: unknown }[]> = {};
  const hear = (who: string) => {
    const list: (typeof heard)[string] = [];
    heard[who] = list;
    return ({ type, eventId, data }: Pick<Envelope, "type" | "eventId" | "data">) => {
      if (type.startsWith("notification.")) list.push({ type, eventId, data });
    };
  };
  const words: Record<string, string> = {
    Message: "notification.created",
    NotificationUpdated: "notification.updated",
    NotificationDeleted: "notification.deleted",
  };
  const user = "ada";
  token.ada = await tenant.token(user);
  const adaHub = new HubConnectionBuilder()
    .withUrl(`${other}/tenant/talk/v1/hub?events=all&payload=full`, { accessTokenFactory: () => token.ada ?? "" })
    .configureLogging(LogLevel.None)
    .build();
  const toHub = hear("SignalR");
  adaHub.on("MessagingEvent", ({ type, eventId, payload }) =>
    toHub({ type: (words[type] ?? type) as Envelope["type"], eventId, data: payload }),
  );
  await adaHub.start();
  const { key } = await appOf(tenant);
  const adaPage = stockPusher(stack.url, key, authBy(tenant, token.ada));
  const own = adaPage.subscribe(`private-user-${user}`);
  const toPusher = hear("Pusher");
  own.bind_global((_name: string, said: Envelope) => said?.type && toPusher(said));
  const strange: string[] = [];
  page.subscribe("private-user-pusher").bind_global((name: string) => strange.push(name));
  await eventually(() =>
    expect([own.subscribed, page.channel("private-user-pusher").subscribed]).toEqual([true, true]),
  );
  const adaSocket = createWSClient({
    url: `${other.replace("http", "ws")}/api/trpc`,
    WebSocket: WebSocket as unknown as typeof globalThis.WebSocket,
    connectionParams: { token: token.ada },
  });
  const toTrpc = hear("tRPC, WebSocket");
  const subscription = await new Promise<{ unsubscribe(): void }>((resolve) => {
    const client = createTRPCClient<AppRouter>({ links: [wsLink({ client: adaSocket })] });
    const begun = client.events.subscribe.subscribe(
      {},
      { onData: ({ data }) => toTrpc(data), onStarted: () => resolve(begun) },
    );
  });
  const sse = overSse(stack.url, () => ({ token: token.ada ?? "" }));
  const bySse = sse.listen({ kinds: ["notification.created", "notification.updated", "notification.deleted"] });
  await bySse.started;

  const { nextCursor } = (await tenant.as(user)<{ nextCursor: string }>("GET", "/events")).body;
  // Each is heard by all before the next: who reads the log after a deletion no longer finds what was said.
  const life: string[] = [];
  const heardByAll = (type: string) => {
    life.push(type);
    return eventually(async () => {
      heard["tRPC, SSE"] = bySse.got.map(({ data: { type, eventId, data } }) => ({ type, eventId, data }));
      for (const [who, list] of Object.entries(heard))
        expect(
          list.map((one) => one.type),
          who,
        ).toEqual(life);
    });
  };
  const made = await tenant.key()<{ id: string }>("POST", "/Notifications", {
    userId: user,
    subject: "Tide",
    message: "Höh 👋",
  });
  await heardByAll("notification.created");
  await tenant.as(user)("PUT", `/Notifications/${made.body.id}/read`);
  await heardByAll("notification.updated");
  await tenant.as(user)("DELETE", `/Notifications/${made.body.id}`);
  await heardByAll("notification.deleted");
  const log = async () => {
    const { body } = await tenant.as(user)<{ data: Envelope[] }>("GET", `/events?after=${nextCursor}`);
    return body.data.map(({ type, eventId, data }) => ({ type, eventId, data }));
  };
  // What a notification said goes from the log with it: its place and its kind are compared, and what is left of it.
  const logged = (await log()).map(({ type, eventId }) => ({ type, eventId }));
  for (const [who, list] of Object.entries(heard)) {
    expect(
      list.map(({ type, eventId }) => ({ type, eventId })),
      who,
    ).toEqual(logged);
    expect(
      list.map(({ data }) => data),
      who,
    ).toEqual(heard.SignalR?.map(({ data }) => data));
  }
  expect(heard.Pusher?.[0]?.data).toMatchObject({ id: made.body.id, subject: "Tide", message: "Höh 👋" });
  expect(strange).toEqual(["pusher:subscription_succeeded"]);
  subscription.unsubscribe();
  sse.close();
  await adaSocket.close();
  await adaHub.stop();
  adaPage.disconnect();
});
