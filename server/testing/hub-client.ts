import { once } from "node:events";
import type { IncomingHttpHeaders } from "node:http";
import { type HttpTransportType, type HubConnection, HubConnectionBuilder, LogLevel } from "@microsoft/signalr";
import { vi } from "vitest";
import { WebSocket } from "ws";

export interface HubClientOptions {
  token(): string | Promise<string>;
  skipNegotiation?: boolean;
  /** Delays before each try to reconnect, in ms; none means that the client does not reconnect. */
  reconnect?: number[];
}

/** The stock client, quiet. */
export function stockClient(
  url: string,
  { token, skipNegotiation = false, reconnect }: HubClientOptions,
): HubConnection {
  const webSockets = 1 as HttpTransportType.WebSockets;
  const builder = new HubConnectionBuilder()
    .withUrl(url, { accessTokenFactory: token, ...(skipNegotiation ? { skipNegotiation, transport: webSockets } : {}) })
    .configureLogging(LogLevel.None);
  return (reconnect ? builder.withAutomaticReconnect(reconnect) : builder).build();
}

export interface RawMessage {
  type?: number;
  error?: string;
  allowReconnect?: boolean;
  invocationId?: string;
  result?: unknown;
  target?: string;
  arguments?: Record<string, unknown>[];
}

export interface Closed {
  code: number;
  reason: string;
}

/** A bare WebSocket that speaks the hub protocol as a test tells it to: JSON messages, each with its separator. */
export class RawHubClient {
  readonly messages: RawMessage[] = [];
  readonly socket: WebSocket;
  readonly closed: Promise<Closed>;
  private heard: (() => void) | undefined;

  /** @param localAddress the one of this machine that it comes from */
  constructor(url: string, headers: Record<string, string> = {}, localAddress?: string) {
    this.socket = new WebSocket(url.replace(/^http/, "ws"), { headers, localAddress });
    this.socket.on("error", () => {});
    this.socket.on("message", (data) => {
      for (const text of data.toString().split("\u001e")) if (text !== "") this.messages.push(JSON.parse(text));
      this.heard?.();
    });
    this.closed = once(this.socket, "close").then(([code, reason]) => ({ code, reason: String(reason) }));
  }

  /** Connects and shakes hands. */
  static async open(url: string, token: string): Promise<RawHubClient> {
    const client = new RawHubClient(url, { authorization: `Bearer ${token}` });
    await once(client.socket, "open");
    client.send({ protocol: "json", version: 1 });
    await client.next(() => true);
    return client;
  }

  /** Sends messages in one frame. */
  send(...messages: unknown[]): void {
    this.socket.send(messages.map((message) => `${JSON.stringify(message)}\u001e`).join(""));
  }

  /** Sends text or bytes as they are. */
  sendRaw(data: string | Buffer): void {
    this.socket.send(data);
  }

  /** The first message that fits, waited for if it has not come. Rejects after 5 s. */
  async next(fits: (message: RawMessage) => boolean): Promise<RawMessage> {
    const until = Date.now() + 20_000;
    for (;;) {
      const found = this.messages.find(fits);
      if (found) return found;
      if (Date.now() > until) throw new Error(`not among ${JSON.stringify(this.messages).slice(0, 500)}`);
      await Promise.race([
        new Promise<void>((resolve) => {
          this.heard = resolve;
        }),
        new Promise((resolve) => setTimeout(resolve, 100)),
      ]);
    }
  }

  completion(invocationId: string): Promise<RawMessage> {
    return this.next((message) => message.type === 3 && message.invocationId === invocationId);
  }
}

/** What an upgrade that is refused is answered with. */
export async function refusedUpgrade(
  url: string,
  headers: Record<string, string> = {},
): Promise<{ status: number; text: string; headers: IncomingHttpHeaders }> {
  const socket = new WebSocket(url.replace(/^http/, "ws"), { headers });
  return await new Promise((resolve, reject) => {
    socket.on("error", () => {});
    socket.on("open", () => reject(new Error("the upgrade was accepted")));
    socket.on("unexpected-response", (_request, response) => {
      let text = "";
      response.on("data", (chunk) => {
        text += chunk;
      });
      response.on("end", () => resolve({ status: response.statusCode ?? 0, text, headers: response.headers }));
    });
  });
}

/** Waits until a check holds, up to 10 s: the machine may be busy with other tests. */
export function eventually(check: () => void | Promise<void>): Promise<void> {
  return vi.waitFor(check, { timeout: 20_000, interval: 20 });
}
