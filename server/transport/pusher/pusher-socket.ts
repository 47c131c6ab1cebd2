import { type Server, WebSocket, WebSocketServer } from "ws";
import { limits } from "../../schema.ts";
import type { PusherConnection } from "./pusher-connection.ts";

/** How long the peer may take to answer a close frame, in ms. */
const closeTimeoutMs = 5000;

/** A WebSocket that knows its connection. Its handlers are shared by all sockets, so that an idle one costs little more than a bare one. */
export class PusherSocket extends WebSocket {
  connection: PusherConnection | undefined;

  /** Lets a connection hear this socket from now on. */
  join(connection: PusherConnection): void {
    this.connection = connection;
    this.on("message", onMessage);
    this.on("close", onClose);
  }
}

/** A socket server that takes over upgraded sockets and holds nothing of its own for each. */
export function createSocketServer(): Server<typeof PusherSocket> {
  const options = {
    noServer: true,
    WebSocket: PusherSocket,
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
  (this as PusherSocket).connection?.receive(data);
}

function onClose(this: WebSocket): void {
  const socket = this as PusherSocket;
  socket.connection?.closed();
  socket.connection = undefined;
}
