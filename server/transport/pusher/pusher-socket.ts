import { type Server, WebSocket, WebSocketServer } from "ws";
import { socketOptions } from "../../realtime/connection.ts";
import type { PusherConnection } from "./pusher-connection.ts";

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
  return new WebSocketServer({ ...socketOptions, WebSocket: PusherSocket, clientTracking: false });
}

function onMessage(this: WebSocket, data: Buffer): void {
  (this as PusherSocket).connection?.receive(data);
}

function onClose(this: WebSocket): void {
  const socket = this as PusherSocket;
  socket.connection?.closed();
  socket.connection = undefined;
}
