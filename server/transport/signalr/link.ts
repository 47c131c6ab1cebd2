import { maxQueuedBytes } from "../../realtime/connection.ts";
import type { ConnectionFacts } from "../../realtime/live-connection.ts";

/** A longer answer than this would by itself look like a peer that does not read. */
export const maxAnswerBytes = maxQueuedBytes / 2;

/** The ways that a client may choose from, in the words of negotiation. */
export type TransportName = "WebSockets" | "ServerSentEvents" | "LongPolling";

/** What a link is to know of its peer. */
export interface Peer {
  /** Called when more is unread by it than is kept. */
  onSlow(): void;
  /** Where it is; empty when that cannot be said any more. Asked for only when it matters: Node keeps what it finds out about a socket. */
  ip(): string;
}

/** How the bytes of a connection travel. What it is told to write is a frame made by `frame()` of realtime/connection. */
export interface Link extends Pick<Peer, "ip"> {
  readonly transport: TransportName;
  /** What the peer has not read, in bytes. */
  readonly unread: number;
  write(frame: Buffer): void;
  /** Resolves when the peer has read enough for a backfill to go on; undefined when it already has. */
  pressure(): Promise<void> | undefined;
  /** Sends what is queued and a last frame, then closes. Code and reason are for transports that know them. */
  end(code: number, reason: string, last?: Buffer): void;
  /** Stops and starts reading from the client. */
  pause(): void;
  resume(): void;
  /** Once a second, in ms since 1970. */
  sweep?(now: number): void;
}

const transports: Record<TransportName, ConnectionFacts["transport"]> = {
  WebSockets: "websocket",
  ServerSentEvents: "sse",
  LongPolling: "long-polling",
};

/** What whoever runs the tenant is shown of a connection. */
export function linkFacts({ transport, unread }: Link, client: string | undefined): ConnectionFacts {
  return { transport: transports[transport], client, queuedBytes: unread };
}
