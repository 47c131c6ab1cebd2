import { once } from "node:events";
import PusherSdk from "pusher";
import PusherJs from "pusher-js";
import { WebSocket } from "ws";
import { pusherSignature } from "../auth/pusher-app.ts";
import type { PusherAppAnswer } from "../domain/pusher-apps/schema.ts";
import { eventually } from "./hub-client.ts";
import type { TestTenant } from "./stack.ts";

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
