import { HubConnectionBuilder, LogLevel } from "@microsoft/signalr";
import { MessagePackHubProtocol } from "@microsoft/signalr-protocol-msgpack";
import { createTRPCClient, httpLink } from "@trpc/client";
import Echo from "laravel-echo";
import type PusherJs from "pusher-js";
import { Webhook as Standard } from "standardwebhooks";
import { Webhook as Svix } from "svix";
import { vi } from "vitest";
import { type Envelope, eventTypes } from "../../events.ts";
import type { TransportName } from "../../transport/signalr/link.ts";
import type { AppRouter } from "../../transport/trpc/router.ts";
import { openLogPage, type PusherCredentials, signWith, stockPusher, stockSdk } from "../pusher-client.ts";
import type { Caller } from "../stack.ts";
import { type Listener, overSse, overWebSocket } from "../trpc-listener.ts";
import { openReceiver } from "../webhook-receiver.ts";

/** What every protocol tells of a durable event. */
export interface HeardEvent {
  eventId: string;
  /** The log's word: `message.created`, … */
  type: string;
  chatId?: string | undefined;
  seq?: number | undefined;
  data: Record<string, unknown>;
}

/** Where a party joins. */
export interface Place {
  /** Base of the service. */
  url: string;
  tenantId: string;
  userId: string;
  token(): Promise<string>;
  /** A call with the tenant's key, as its backend makes them. */
  backend: Caller;
}

/** Somebody who takes part in a conversation through a stock client. */
export interface Joined {
  /** As it came. */
  heard: HeardEvent[];
  /** Sends a message by its own protocol. */
  say(chatId: string, content: string): Promise<unknown>;
  leave(): Promise<void>;
}

/** A protocol's stock client: one row of the conversation. */
export interface Party {
  name: string;
  /** What it is told of in the order of the log: everything, or each chat. */
  order: "log" | "chat";
  join(place: Place): Promise<Joined>;
}

const transportCodes = { WebSockets: 1, ServerSentEvents: 2, LongPolling: 4 } as const;
const heardOf = ({ eventId, type, chatId, seq, data }: Envelope): HeardEvent => ({ eventId, type, chatId, seq, data });
const logTypes = new Map<string, string>(
  Object.entries(eventTypes).map(([type, { signalr }]) => [signalr, type] as const),
);

function signalr(transport: TransportName, format: "json" | "messagepack"): Party {
  return {
    name: `@microsoft/signalr, ${transport}, ${format}`,
    order: "log",
    join: async ({ url, tenantId, token }) => {
      const builder = new HubConnectionBuilder()
        .withUrl(`${url}/tenant/${tenantId}/v1/hub?events=all&payload=full`, {
          accessTokenFactory: token,
          transport: transportCodes[transport] as number,
        })
        .configureLogging(LogLevel.None);
      if (format === "messagepack") builder.withHubProtocol(new MessagePackHubProtocol());
      const connection = builder.build();
      const heard: HeardEvent[] = [];
      connection.on("MessagingEvent", ({ eventId, type, parentId, id, seq, payload }) => {
        const logType = logTypes.get(type);
        if (eventId === undefined || logType === undefined) return; // ephemeral, or a word about the log
        const chatId = logType.startsWith("chat.") ? id : parentId;
        heard.push({ eventId, type: logType, chatId, seq, data: payload });
      });
      await connection.start();
      return {
        heard,
        say: (chatId, content) => connection.invoke("SendMessage", { chatId, content }),
        leave: () => connection.stop(),
      };
    },
  };
}

function trpc(name: string, connect: (base: string, params: () => Promise<{ token: string }>) => Listener): Party {
  return {
    name: `@trpc/client, ${name}`,
    order: "log",
    join: async ({ url, token }) => {
      const listener = connect(url, async () => ({ token: await token() }));
      const listening = listener.listen();
      await listening.started;
      const headers = async () => ({ authorization: `Bearer ${await token()}` });
      const client = createTRPCClient<AppRouter>({ links: [httpLink({ url: `${url}/api/trpc`, headers })] });
      return {
        get heard() {
          return listening.got.map(({ data }) => heardOf(data));
        },
        say: (chatId, content) => client.messages.send.mutate({ chatId, content }),
        leave: async () => listener.close(),
      };
    },
  };
}

/**
 * A page of a Pusher client: its user's own channel tells of a chat, whose channel is then heard from that event on. Order is promised
 * on each channel.
 */
function pusher(
  name: string,
  listen: (client: PusherJs, channel: string, hear: (event: Envelope) => void) => void,
): Party {
  return {
    name,
    order: "chat",
    join: async (place) => {
      const heard: HeardEvent[] = [];
      const since = new Map<string, string>();
      const page = await openLogPage(place, (channel) => ({ since: since.get(channel) ?? "" }));
      const hear = (event: Envelope) => {
        if (event.eventId !== undefined && event.data !== undefined) heard.push(heardOf(event)); // else ephemeral, or a word about the log
      };
      const own = `private-user-${place.userId}`;
      listen(page.client, own, (event) => {
        if (event.type !== "chat.created") return; // of how a chat goes on, its own channel tells
        hear(event);
        const channel = `private-chat-${event.chatId}`;
        since.set(channel, event.eventId);
        listen(page.client, channel, hear);
      });
      await vi.waitUntil(() => page.client.channel(own)?.subscribed, { timeout: 20_000 });
      return { heard, say: page.say, leave: async () => page.client.disconnect() };
    },
  };
}

/** The tenant's backend with a webhook endpoint, each request verified by a library. It speaks by REST. Order is asked for, which is of each chat. */
function webhook(name: string, verifier: (secret: string) => Pick<Standard, "verify">): Party {
  return {
    name: `webhook, ${name}`,
    order: "chat",
    join: async ({ backend, userId }) => {
      const receiver = await openReceiver();
      const { body } = await backend<{ secret: string }>("POST", "/admin/webhooks", {
        url: receiver.url,
        ordered: true,
      });
      const library = verifier(body.secret);
      return {
        get heard() {
          return receiver.received.map(({ raw, headers }) => heardOf(library.verify(raw, headers) as Envelope));
        },
        say: (chatId, content) => backend("POST", `/Chat/${chatId}/messages`, { content }, { "x-act-as-user": userId }),
        leave: () => receiver.close(),
      };
    },
  };
}

/**
 * A backend on the official server SDK that passes on what its webhook is told, to a page of its own on a channel of its own: each event
 * once the one before has come, because a channel of an application promises no order over nodes.
 */
const pusherSdk: Party = {
  name: "pusher server SDK, to a page of its own",
  order: "chat",
  join: async ({ url, backend, userId }) => {
    const app = (await backend<PusherCredentials>("GET", "/admin/pusher")).body;
    const sdk = stockSdk(url, app);
    const channel = `private-relay-${userId}`;
    const page = stockPusher(url, app.key, signWith(sdk));
    const heard: HeardEvent[] = [];
    page.subscribe(channel).bind_global((name: string, event: Envelope) => {
      if (!name.startsWith("pusher:")) heard.push(heardOf({ ...event, type: name as Envelope["type"] }));
    });
    await vi.waitUntil(() => page.channel(channel).subscribed, { timeout: 20_000 });
    const receiver = await openReceiver();
    let relayed = Promise.resolve();
    receiver.answer("/", ({ body }) => {
      relayed = relayed.then(async () => {
        const before = heard.length;
        await sdk.trigger(channel, body.type, body);
        await vi.waitUntil(() => heard.length > before, { timeout: 20_000, interval: 5 });
      });
      return { status: 204 };
    });
    await backend("POST", "/admin/webhooks", { url: receiver.url, ordered: true });
    return {
      heard,
      say: (chatId, content) => backend("POST", `/Chat/${chatId}/messages`, { content }, { "x-act-as-user": userId }),
      leave: async () => {
        await relayed;
        page.disconnect();
        await receiver.close();
      },
    };
  },
};

/** Everybody who takes part. A protocol that comes is one more element. */
export const parties: Party[] = [
  signalr("WebSockets", "json"),
  signalr("WebSockets", "messagepack"),
  signalr("ServerSentEvents", "json"),
  signalr("LongPolling", "json"),
  signalr("LongPolling", "messagepack"),
  trpc("WebSocket", overWebSocket),
  trpc("SSE", overSse),
  pusher("pusher-js", (client, channel, hear) => {
    client.subscribe(channel).bind_global((_event: string, data: Envelope) => hear(data));
  }),
  pusher("laravel-echo", (client, channel, hear) => {
    const echo = new Echo({ broadcaster: "pusher", client });
    echo.private(channel.replace("private-", "")).listenToAll((_event: string, data: Envelope) => hear(data));
  }),
  pusherSdk,
  webhook("standardwebhooks", (secret) => new Standard(secret)),
  webhook("svix", (secret) => new Svix(secret)),
];
