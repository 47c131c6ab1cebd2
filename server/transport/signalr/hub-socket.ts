import { type Server, WebSocket, WebSocketServer } from "ws";
import { limits } from "../../schema.ts";
import type { HubConnection } from "./hub-connection.ts";

/** How long the peer may take to answer a close frame, in ms. */
const closeTimeoutMs = 5000;

/**
 * A WebSocket that knows its connection. Its handlers are shared by all sockets: an idle connection costs little more than a bare
 * one.
 */
export class HubSocket extends WebSocket {
  connection: HubConnection | undefined;

  /** Lets a connection hear this socket from now on. */
  join(connection: HubConnection): void {
    this.connection = connection;
    this.on("message", onMessage);
    this.on("close", onClose);
    this.on("error", onError);
  }

  /**
   * `ws` closes by itself, with a code and no reason, when it cannot read the peer's frames (too large, not UTF-8, against
   * RFC 6455). The hub's own Close message has to go first.
   */
  override close(code?: number, reason?: string | Buffer): void {
    if (code !== undefined && reason === undefined) this.connection?.unreadable(code);
    super.close(code, reason);
  }
}

/** A socket server that takes over upgraded sockets and holds nothing of its own for each. */
export function createSocketServer(): Server<typeof HubSocket> {
  const options = {
    noServer: true,
    WebSocket: HubSocket,
    clientTracking: false,
    perMessageDeflate: false,
    maxPayload: limits.frameBytes,
    maxFragments: 64,
    maxBufferedChunks: 4096,
    closeTimeout: closeTimeoutMs,
  };
  return new WebSocketServer(options);
}

function onMessage(this: WebSocket, data: Buffer): void {
  (this as HubSocket).connection?.receive(data);
}

function onClose(this: WebSocket): void {
  const socket = this as HubSocket;
  socket.connection?.closed();
  socket.connection = undefined;
}

/** A broken socket closes next, and what `ws` cannot read has been answered in `close`. */
function onError(): void {}
