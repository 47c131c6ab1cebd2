import { HubConnectionBuilder, LogLevel } from "@microsoft/signalr";
import { MessagePackHubProtocol } from "@microsoft/signalr-protocol-msgpack";
import { EventSource } from "eventsource";
import { vi } from "vitest";
import type { Envelope } from "../../events.ts";
import type { TransportName } from "../../transport/signalr/link.ts";
import { openLogPage } from "../pusher-client.ts";
import { type Listener, overSse, overWebSocket } from "../trpc-listener.ts";

/** Where a reader comes back, and from which event on. Without a cursor it begins now. */
export interface Return {
  url: string;
  tenantId: string;
  token: string;
  since?: string | undefined;
  /** With the whole object in each event, where a reader may choose. */
  full?: boolean;
}

/** A message that a reader was told of. */
export interface Heard {
  id: string;
  eventId: string;
  /** Where order is promised in each chat only. */
  chatId?: string;
}

/** A reader who has come back. */
export interface Reader {
  /** Messages it was told of, in the order in which it was. */
  heard: Heard[];
  /** Why its cursor was of no use, each time it was told so. */
  resyncs: string[];
  close(): void | Promise<void>;
}

/** One protocol of the resume table. */
export interface ResumeColumn {
  name: string;
  /** Whether live events follow a resync; else the subscription is over with it. */
  goesOn: boolean;
  /** What holds back a backfill that is faster than its reader: readers of one kind need be tried with much only once. */
  pace: "socket" | "channels" | "stream" | "poll" | "frames" | "generator" | "eventsource" | "response";
  /** What is told in the order of the log: everything, or each chat. */
  order: "log" | "chat";
  open(place: Return): Promise<Reader>;
}

const transportCodes = { WebSockets: 1, ServerSentEvents: 2, LongPolling: 4 } as const;
const paces = { WebSockets: "socket", ServerSentEvents: "eventsource", LongPolling: "poll" } as const;
const kinds: ["message.created"] = ["message.created"];

async function connect(place: Return, transport: TransportName, format: string) {
  const { url, tenantId, token, since, full } = place;
  const query = new URLSearchParams({
    ...(since === undefined ? {} : { since }),
    ...(full ? { payload: "full" } : {}),
  });
  const builder = new HubConnectionBuilder()
    .withUrl(`${url}/tenant/${tenantId}/v1/hub?${query}`, {
      accessTokenFactory: () => token,
      transport: transportCodes[transport] as number,
    })
    .configureLogging(LogLevel.None);
  if (format === "messagepack") builder.withHubProtocol(new MessagePackHubProtocol());
  return builder.build();
}

function signalr(transport: TransportName, format: "json" | "messagepack"): ResumeColumn {
  return {
    name: `SignalR, ${transport}, ${format}`,
    goesOn: true,
    pace: paces[transport],
    order: "log",
    open: async (place) => {
      const connection = await connect(place, transport, format);
      const heard: Heard[] = [];
      const resyncs: string[] = [];
      connection.on("MessagingEvent", ({ type, id, eventId, reason }) => {
        if (type === "Resync") resyncs.push(reason);
        else heard.push({ id, eventId });
      });
      await connection.start();
      return { heard, resyncs, close: () => connection.stop() };
    },
  };
}

/** The hub's stream of events, over a connection that was made without a cursor. */
const signalrStream: ResumeColumn = {
  name: "SignalR, SubscribeEvents",
  goesOn: false,
  pace: "stream",
  order: "log",
  open: async ({ since, ...place }) => {
    const connection = await connect(place, "WebSockets", "json");
    await connection.start();
    const heard: Heard[] = [];
    const resyncs: string[] = [];
    connection.stream<Envelope>("SubscribeEvents", { since, kinds }).subscribe({
      next: ({ eventId, data }) => heard.push({ id: String(data.id), eventId }),
      error: (error) => resyncs.push(/cursor_(\w+)/.exec(error.message)?.[1] ?? error.message),
      complete: () => resyncs.push("complete"),
    });
    await connection.invoke("ListChats"); // done after the stream has begun
    return { heard, resyncs, close: () => connection.stop() };
  },
};

function trpc(
  name: string,
  pace: ResumeColumn["pace"],
  over: (base: string, params: () => { token: string }) => Listener,
): ResumeColumn {
  return {
    name: `tRPC, ${name}`,
    goesOn: false,
    pace,
    order: "log",
    open: async ({ url, token, since }) => {
      const listener = over(url, () => ({ token }));
      const listening = listener.listen({ since, kinds });
      await Promise.race([listening.started, listening.failed().catch(() => undefined)]);
      return {
        get heard() {
          return listening.got.map(({ id, data }) => ({ id: String(data.data.id), eventId: id }));
        },
        get resyncs() {
          const code = listening.error?.data?.problem?.code;
          return code === undefined ? [] : [code.replace("cursor_", "")];
        },
        close: () => listener.close(),
      };
    },
  };
}

const eventStream: ResumeColumn = {
  name: "REST, event stream",
  goesOn: true,
  pace: "response",
  order: "log",
  open: async ({ url, tenantId, token, since }) => {
    const query = new URLSearchParams({
      access_token: token,
      kinds: kinds.join(","),
      ...(since ? { after: since } : {}),
    });
    const source = new EventSource(`${url}/tenant/${tenantId}/v1/events?${query}`);
    const heard: Heard[] = [];
    const resyncs: string[] = [];
    source.addEventListener("message.created", ({ data, lastEventId }) =>
      heard.push({ id: JSON.parse(data).data.id, eventId: lastEventId }),
    );
    source.addEventListener("resync", ({ data }) => resyncs.push(JSON.parse(data).reason));
    await new Promise((resolve) => source.addEventListener("open", resolve));
    return { heard, resyncs, close: () => source.close() };
  },
};

/** A channel a chat, each with the cursor in its auth call. Order is promised on each channel. */
const pusher: ResumeColumn = {
  name: "Pusher",
  goesOn: true,
  pace: "channels",
  order: "chat",
  open: async ({ url, tenantId, token, since }) => {
    const heard: Heard[] = [];
    const resyncs: string[] = [];
    const page = await openLogPage({ url, tenantId, token: async () => token }, () => ({ since: since ?? "" }));
    const channels = (await page.chatIds()).map((chatId) => page.client.subscribe(`private-chat-${chatId}`));
    for (const channel of channels) {
      channel.bind("message.created", ({ eventId, chatId, data }: Envelope) =>
        heard.push({ id: String(data.id), eventId, chatId: String(chatId) }),
      );
      channel.bind("parley:resync", ({ reason }: { reason: string }) => resyncs.push(reason));
    }
    await vi.waitUntil(() => channels.every(({ subscribed }) => subscribed), { timeout: 80_000, interval: 20 });
    return { heard, resyncs, close: () => page.client.disconnect() };
  },
};

/** Every way to resume. A protocol that comes is one more element. */
export const resumeColumns: ResumeColumn[] = [
  pusher,
  signalr("WebSockets", "json"),
  signalr("WebSockets", "messagepack"),
  signalr("ServerSentEvents", "json"),
  signalr("LongPolling", "json"),
  signalr("LongPolling", "messagepack"),
  signalrStream,
  trpc("WebSocket", "frames", overWebSocket),
  trpc("SSE", "generator", overSse),
  eventStream,
];
