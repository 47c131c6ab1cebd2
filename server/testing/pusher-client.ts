import { once } from "node:events";
import PusherSdk from "pusher";
import PusherJs from "pusher-js";
import { expect } from "vitest";
import { WebSocket } from "ws";
import { pusherSignature } from "../auth/pusher-app.ts";
import type { PusherAppAnswer } from "../domain/pusher-apps/schema.ts";
import { eventually } from "./hub-client.ts";
import { call, type TestTenant } from "./stack.ts";

export type PusherCredentials = Pick<PusherAppAnswer, "appId" | "key" | "secret">;
type StockOptions = ConstructorParameters<typeof PusherJs>[1];
type Callback = (error: Error | null, data: unknown) => void;

/** The stock client on an app at a node, as its documentation configures it for another host. */
export function stockPusher(url: string, key: string, options: Partial<StockOptions> = {}): PusherJs {
  const { hostname, port } = new URL(url);
  return new PusherJs(key, {
    cluster: "x",
    wsHost: hostname,
    wsPort: Number(port),
    forceTLS: false,
    enabledTransports: ["ws"],
    ...options,
  });
}

/** The stock server SDK on an app at a node. */
export function stockSdk(url: string, { appId, key, secret }: PusherCredentials, options: object = {}): PusherSdk {
  const { hostname, port } = new URL(url);
  return new PusherSdk({ appId, key, secret, host: hostname, port, useTLS: false, ...options });
}

/** A tenant's app, as its console shows it. */
export async function appOf(tenant: TestTenant): Promise<PusherCredentials> {
  return (await tenant.key()<PusherAppAnswer>("GET", "/admin/pusher")).body;
}

/** An application's own endpoint, as a function: it signs whatever its page asks for, as this user. */
export function signWith(
  sdk: PusherSdk,
  member?: { user_id: string; user_info?: Record<string, unknown> },
): Partial<StockOptions> {
  return {
    channelAuthorization: {
      customHandler: ({ socketId, channelName }: { socketId: string; channelName: string }, callback: Callback) => {
        const presence = channelName.startsWith("presence-") ? member : undefined;
        callback(null, sdk.authorizeChannel(socketId, channelName, presence));
      },
    } as never,
  };
}

/** An application's own endpoint, as a function: whoever signs in on its page is this user. */
export function authenticateAs(sdk: PusherSdk, id: string, watchlist?: string[]): Partial<StockOptions> {
  return {
    userAuthentication: {
      customHandler: ({ socketId }: { socketId: string }, callback: Callback) =>
        callback(null, sdk.authenticateUser(socketId, { id, ...(watchlist ? { watchlist } : {}) } as never)),
    } as never,
  };
}

/** Our endpoints, called as pusher-js itself calls them: a form with the user's token. */
export function authBy(
  tenant: TestTenant,
  token: string,
  params: () => Record<string, string> = () => ({}),
): Partial<StockOptions> {
  const headers = { authorization: `Bearer ${token}` };
  return {
    channelAuthorization: { transport: "ajax", endpoint: `${tenant.url}/pusher/auth`, headers, paramsProvider: params },
    userAuthentication: { transport: "ajax", endpoint: `${tenant.url}/pusher/user-auth`, headers },
  };
}

/** A page of the log: a stock client of a user, with what it needs of the API beside. */
export interface LogPage {
  client: PusherJs;
  chatIds(): Promise<string[]>;
  say(chatId: string, content: string): Promise<unknown>;
}

/** Opens a page that knows its token alone; the app's key it learns from our endpoint. `params` go with a channel's auth call. */
export async function openLogPage(
  { url, tenantId, token }: { url: string; tenantId: string; token(): Promise<string> },
  params: (channel: string) => Record<string, string>,
): Promise<LogPage> {
  const base = `${url}/tenant/${tenantId}/v1`;
  const ask = async <T>(method: string, path: string, body?: unknown) =>
    (await call<T>(base + path, method, body, { authorization: `Bearer ${await token()}` })).body;
  const { auth } = await ask<{ auth: string }>("POST", "/pusher/user-auth", { socket_id: "1.1" });
  const client = stockPusher(url, auth.split(":")[0] ?? "", {
    channelAuthorization: {
      customHandler: ({ socketId, channelName }: { socketId: string; channelName: string }, callback: Callback) => {
        const body = { socket_id: socketId, channel_name: channelName, ...params(channelName) };
        ask("POST", "/pusher/auth", body).then(
          (answer) => callback(null, answer),
          (error) => callback(error, null),
        );
      },
    } as never,
  });
  await eventually(() => expect(client.connection.state).toBe("connected"));
  return {
    client,
    chatIds: async () => {
      const ids: string[] = [];
      for (let page = 1, more = true; more; page++) {
        const { data, hasNextPage } = await ask<ChatPage>("GET", `/Chat?pageSize=50&pageNumber=${page}`);
        ids.push(...data.map(({ id }) => id));
        more = hasNextPage;
      }
      return ids;
    },
    say: (chatId, content) => ask("POST", `/Chat/${chatId}/messages`, { content }),
  };
}

interface ChatPage {
  data: { id: string }[];
  hasNextPage: boolean;
}

export interface SaidEvent {
  event: string;
  channel?: string;
  data?: unknown;
  user_id?: string;
}

/** A bare WebSocket that speaks the protocol as a test tells it to. */
export class RawPusher {
  readonly events: SaidEvent[] = [];
  readonly socket: WebSocket;
  readonly closed: Promise<{ code: number; reason: string }>;
  socketId = "";

  constructor(url: string, path: string) {
    this.socket = new WebSocket(url.replace(/^http/, "ws") + path);
    this.socket.on("error", () => {});
    this.socket.on("message", (data) => this.events.push(JSON.parse(data.toString())));
    this.closed = once(this.socket, "close").then(([code, reason]) => ({ code, reason: String(reason) }));
  }

  /** Connects and waits for the first word. */
  static async open(url: string, key: string): Promise<RawPusher> {
    const client = new RawPusher(url, `/app/${key}?protocol=7&client=js&version=8.6.0`);
    const { data } = await client.next("pusher:connection_established");
    client.socketId = (data as { socket_id: string }).socket_id;
    return client;
  }

  send(event: string, data: unknown = {}, channel?: string): void {
    this.socket.send(JSON.stringify({ event, data, ...(channel === undefined ? {} : { channel }) }));
  }

  /** Subscribes with a signature of the app's secret where the channel's name asks for one. */
  subscribe(channel: string, app: PusherCredentials, channelData?: string): void {
    const text = [this.socketId, channel, ...(channelData === undefined ? [] : [channelData])].join(":");
    const signed = /^(private|presence)-/.test(channel) ? `${app.key}:${pusherSignature(app.secret, text)}` : "";
    this.send("pusher:subscribe", {
      channel,
      auth: signed,
      ...(channelData === undefined ? {} : { channel_data: channelData }),
    });
  }

  /** The first event of a name that fits, its data read as the JSON that it holds. */
  async next(event: string, fits: (said: SaidEvent) => boolean = () => true): Promise<SaidEvent> {
    let found: SaidEvent | undefined;
    await eventually(() => {
      found = this.all(event).find(fits);
      if (!found) throw new Error(`no ${event} among ${JSON.stringify(this.events).slice(0, 600)}`);
    });
    return found as SaidEvent;
  }

  /** All events of a name so far, with data read. */
  all(event: string): SaidEvent[] {
    return this.events
      .filter((said) => said.event === event)
      .map((said) => ({ ...said, data: typeof said.data === "string" ? readData(said.data) : said.data }));
  }
}

function readData(data: string): unknown {
  try {
    return JSON.parse(data);
  } catch {
    return data;
  }
}
