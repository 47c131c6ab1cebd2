import type { Duplex, Writable } from "node:stream";
import type { WebSocket } from "ws";
import { limits } from "../schema.ts";

/** More than this unread by the peer, and the connection is closed so that it comes back and resumes. */
export const maxQueuedBytes = 1024 * 1024;
/** How long a peer may take to read what it was sent before the end, or to answer a close frame, in ms. */
export const closeTimeoutMs = 5000;
const joinBytes = 64 * 1024;
/** A backfill waits above this. */
export const pressureBytes = 256 * 1024;

/** Of every protocol's server for sockets, which takes over upgraded ones. What a peer says is bounded, also in many small pieces. */
export const socketOptions = {
  noServer: true,
  perMessageDeflate: false,
  maxPayload: limits.frameBytes,
  maxFragments: 64,
  maxBufferedChunks: 4096,
  closeTimeout: closeTimeoutMs,
};

/** Of a protocol whose clients join what they say in one turn: of all of it together as much is read as of a request. */
export const joinedSocketOptions = { ...socketOptions, maxPayload: limits.bodyBytes };

/** A WebSocket frame of a server (RFC 6455, 5.2): final, unmasked. Made once a broadcast, written to every socket as it is. */
export function frame(payload: string | Buffer): Buffer {
  const isText = typeof payload === "string";
  const length = isText ? Buffer.byteLength(payload, "utf8") : payload.length;
  const header = length < 126 ? 2 : length < 65_536 ? 4 : 10;
  const out = Buffer.allocUnsafe(header + length);
  out[0] = isText ? 0x81 : 0x82;
  if (header === 2) out[1] = length;
  else if (header === 4) {
    out[1] = 126;
    out.writeUInt16BE(length, 2);
  } else {
    out[1] = 127;
    out.writeBigUInt64BE(BigInt(length), 2);
  }
  if (isText) out.write(payload, header, "utf8");
  else payload.copy(out, header);
  return out;
}

/** What is in a frame made by `frame()`: the same bytes, without the header. For transports that are no WebSocket. */
export function payloadOf(framed: Buffer): Buffer {
  const length = framed[1] ?? 0;
  return framed.subarray(length < 126 ? 2 : length === 126 ? 4 : 10);
}

/** Outboxes with frames of this turn of the event loop; all are flushed together at its end. */
let waiting: Outbox[] = [];

function flushAll(): void {
  const writers = waiting;
  waiting = [];
  for (const writer of writers) writer.flush();
  lastQueue = [];
  lastJoined = [];
}

// In a large chat most writers of a turn have the very same frames: what was joined for one is right for the next.
let lastQueue: readonly Buffer[] = [];
let lastJoined: readonly Buffer[] = [];

/** Frames as few buffers, none above 64 KiB unless a frame itself is. */
function join(queue: readonly Buffer[]): readonly Buffer[] {
  if (isSame(queue, lastQueue)) return lastJoined;
  const joined: Buffer[] = [];
  let start = 0;
  let bytes = 0;
  for (let i = 0; i <= queue.length; i++) {
    const size = queue[i]?.length ?? 0;
    if (i === queue.length || (bytes > 0 && bytes + size > joinBytes)) {
      joined.push(i - start === 1 ? (queue[start] as Buffer) : Buffer.concat(queue.slice(start, i), bytes));
      start = i;
      bytes = 0;
    }
    bytes += size;
  }
  lastQueue = queue;
  lastJoined = joined;
  return joined;
}

function isSame(a: readonly Buffer[], b: readonly Buffer[]): boolean {
  if (a.length !== b.length) return false;
  for (let i = 0; i < a.length; i++) if (a[i] !== b[i]) return false;
  return true;
}

/**
 * The one way to a peer. Frames of one turn of the event loop are handed over together: the price of fan-out in Node is the write. What
 * a peer does not read is bounded.
 */
export abstract class Outbox {
  protected over = false;
  private queue: Buffer[] = [];
  private queued = 0;
  private readonly onSlow: () => void;

  constructor(onSlow: () => void) {
    this.onSlow = onSlow;
  }

  /** Bytes handed over that the peer has not read. */
  protected abstract backlog(): number;
  /** Takes the frames of a turn. */
  protected abstract carry(frames: readonly Buffer[]): void;
  /** Resolves when the peer has read some of the backlog, or is gone. */
  protected abstract drained(): Promise<void>;

  /** In bytes. */
  get unread(): number {
    return this.queued + this.backlog();
  }

  /** Queues a frame made by `frame()`. */
  write(bytes: Buffer): void {
    if (this.over) return;
    if (this.unread + bytes.length > maxQueuedBytes) {
      this.over = true;
      this.queue = [];
      this.onSlow();
      return;
    }
    if (this.queue.length === 0) {
      if (waiting.length === 0) setImmediate(flushAll);
      waiting.push(this);
    }
    this.queue.push(bytes);
    this.queued += bytes.length;
  }

  flush(): void {
    const queue = this.queue;
    if (queue.length === 0) return;
    this.queue = [];
    this.queued = 0;
    this.carry(queue);
  }

  /** Resolves when the peer has read enough for a backfill to go on; undefined when it already has. */
  pressure(): Promise<void> | undefined {
    if (this.unread < pressureBytes) return undefined;
    this.flush();
    return this.drained();
  }
}

/** False when a peer's pressure has not gone after so many ms: a backfill that waited on would keep its page of the log in memory. */
export async function isRelieved(pressure: Promise<void> | undefined, patience = 30_000): Promise<boolean> {
  if (!pressure) return true;
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<boolean>((resolve) => {
    timer = setTimeout(resolve, patience, false);
  });
  return await Promise.race([pressure.then(() => true), late]).finally(() => clearTimeout(timer));
}

/** Resolves when a stream has room again or is closed; in the next turn if it has room now. */
export function roomIn(stream: Writable): Promise<void> {
  if (stream.destroyed || !stream.writableNeedDrain) return new Promise((resolve) => setImmediate(resolve));
  return new Promise((resolve) => {
    const done = () => {
      stream.off("drain", done);
      stream.off("close", done);
      resolve();
    };
    stream.on("drain", done);
    stream.on("close", done);
  });
}

/** The way to a WebSocket. */
export class FrameWriter extends Outbox {
  protected readonly ws: WebSocket;
  private readonly socket: Duplex;

  constructor(ws: WebSocket, socket: Duplex, onSlow: () => void) {
    super(onSlow);
    this.ws = ws;
    this.socket = socket;
  }

  protected backlog(): number {
    return this.socket.writableLength;
  }

  protected carry(frames: readonly Buffer[]): void {
    if (this.ws.readyState !== 1 || this.socket.destroyed) return;
    if (frames.length === 1 && frames[0]) {
      this.socket.write(frames[0]);
      return;
    }
    for (const bytes of join(frames)) this.socket.write(bytes);
  }

  protected drained(): Promise<void> {
    return roomIn(this.socket);
  }

  /** Sends what is queued, a last frame that is exempt from the bound, then closes; the socket is cut off if the peer does not answer. */
  end(code: number, reason: string, last?: Buffer): void {
    this.flush();
    this.over = true;
    if (last && this.ws.readyState === 1 && !this.socket.destroyed) this.socket.write(last);
    this.ws.close(code, reason);
  }
}
