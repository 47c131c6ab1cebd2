import type { Duplex } from "node:stream";
import { type Server, WebSocket, WebSocketServer } from "ws";
import { FrameWriter, joinedSocketOptions } from "../../realtime/connection.ts";
import type { Link, Peer } from "./link.ts";

/** What a socket that belongs to nobody any more may send before it is cut off. */
const strayFrames = 200;

/** What a socket tells its connection. */
export interface SocketOwner {
  receive(data: Buffer): void;
  /** `ws` could not read the peer's frames. */
  unreadable(code: number): void;
  /** @param clean whether the peer said goodbye, with a close frame */
  socketClosed(link: SocketLink, clean: boolean): void;
}

/** The way to a client over its WebSocket. */
export class SocketLink extends FrameWriter implements Link {
  readonly transport = "WebSockets";
  readonly ip: Peer["ip"];
  private readonly hubSocket: HubSocket;

  constructor(ws: HubSocket, socket: Duplex, { onSlow, ip }: Peer) {
    super(ws, socket, onSlow);
    this.hubSocket = ws;
    this.ip = ip;
  }

  pause(): void {
    this.ws.pause();
  }

  resume(): void {
    this.ws.resume();
  }

  /** Ends the socket without a word: another has taken its place. */
  cut(): void {
    this.hubSocket.leave();
    this.ws.terminate();
  }

  /** Leaves the socket open and silent; it is nobody's from now on. */
  abandon(): HubSocket {
    this.over = true;
    this.hubSocket.leave();
    return this.hubSocket;
  }
}

/**
 * A WebSocket that knows its connection. Its handlers are shared by all sockets: an idle connection costs little more than a bare
 * one.
 */
export class HubSocket extends WebSocket {
  owner: SocketOwner | undefined;
  link: SocketLink | undefined;
  strays = 0;

  /** Lets a connection hear this socket from now on. */
  join(owner: SocketOwner, link: SocketLink): void {
    this.owner = owner;
    this.link = link;
    this.on("message", onMessage);
    this.on("close", onClose);
    this.on("error", onError);
  }

  leave(): void {
    this.owner = undefined;
    this.link = undefined;
  }

  /**
   * `ws` closes by itself, with a code and no reason, when it cannot read the peer's frames (too large, not UTF-8, against
   * RFC 6455). The hub's own Close message has to go first.
   */
  override close(code?: number, reason?: string | Buffer): void {
    if (code !== undefined && reason === undefined) this.owner?.unreadable(code);
    super.close(code, reason);
  }
}

/** A socket server that takes over upgraded sockets and holds nothing of its own for each. */
export function createSocketServer(): Server<typeof HubSocket> {
  return new WebSocketServer({ ...joinedSocketOptions, WebSocket: HubSocket, clientTracking: false });
}

function onMessage(this: WebSocket, data: Buffer): void {
  const socket = this as HubSocket;
  if (socket.owner) socket.owner.receive(data);
  else if (++socket.strays > strayFrames) socket.terminate();
}

/** 1006: the connection broke. Anything else came in a close frame. */
function onClose(this: WebSocket, code: number): void {
  const socket = this as HubSocket;
  if (socket.link) socket.owner?.socketClosed(socket.link, code !== 1006);
  socket.leave();
}

/** A broken socket closes next, and what `ws` cannot read has been answered in `close`. */
function onError(): void {}
