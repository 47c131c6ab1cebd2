import type { IncomingHttpHeaders } from "node:http";
import type { Principal } from "../auth/principal.ts";
import type { DisconnectReason } from "./disconnect.ts";

/** What whoever runs the tenant is shown of a connection, beside whose it is. */
export interface ConnectionFacts {
  transport: "websocket" | "sse" | "long-polling";
  /** What the client says of itself, cut to `maxClientName`; undefined when it says nothing. */
  client: string | undefined;
  /** Channels that it listens to, where its protocol has them. */
  subscriptions?: number;
  /** What it has not read, where that can be seen. */
  queuedBytes?: number;
}

/** An open connection of any protocol, as the one sweep over all of them sees it. */
export interface LiveConnection {
  readonly id: string;
  readonly principal: Principal;
  readonly protocol: "signalr" | "pusher" | "trpc" | "sse";
  readonly openedAt: number;
  /** Where it comes from, where a connection can be nobody's. */
  readonly origin?: string;
  facts(): ConnectionFacts;
  /** Called about once a second: pings and time-outs. No connection has a timer of its own. */
  sweep(now: number): void;
  disconnect(reason: DisconnectReason): void;
}

/** In characters. */
const maxClientName = 120;

/** What a request says that its client is. Browsers keep their own word and let libraries say theirs beside it. */
export function clientOf(headers: IncomingHttpHeaders): string | undefined {
  const { "x-signalr-user-agent": library, "user-agent": agent } = headers;
  return clientName(typeof library === "string" ? library : agent);
}

/** What a client calls itself, as it can be shown and stored. */
export function clientName(said: string | undefined): string | undefined {
  return (
    said
      ?.replace(/\p{Cc}/gu, "")
      .slice(0, maxClientName)
      .toWellFormed() || undefined
  );
}
