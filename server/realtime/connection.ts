import type { Duplex } from "node:stream";
import type { WebSocket } from "ws";

/** More than this unread by the peer, and the connection is closed so that it comes back and resumes. */
export const maxQueuedBytes = 1024 * 1024;
const joinBytes = 64 * 1024;
/** A backfill waits above this. */
const pressureBytes = 256 * 1024;

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

/** Writers with frames of this turn of the event loop; all are flushed together at its end. */
let waiting: FrameWriter[] = [];

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
 * The one way to a socket. Frames of one turn of the event loop are joined and written once: the price of fan-out in Node is the
 * write. What a peer does not read is bounded.
 */
export class FrameWriter {
  private queue: Buffer[] = [];
  private queued = 0;
  private over = false;
  private readonly ws: WebSocket;
  private readonly socket: Duplex;
  private readonly onSlow: () => void;

  constructor(ws: WebSocket, socket: Duplex, onSlow: () => void) {
    this.ws = ws;
    this.socket = socket;
    this.onSlow = onSlow;
  }

  /** Queues a frame made by `frame()`. */
  write(bytes: Buffer): void {
    if (this.over) return;
    if (this.queued + this.socket.writableLength + bytes.length > maxQueuedBytes) {
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
    if (this.ws.readyState !== 1 || this.socket.destroyed) return;
    if (queue.length === 1 && queue[0]) {
      this.socket.write(queue[0]);
      return;
    }
    for (const bytes of join(queue)) this.socket.write(bytes);
  }

  /** Resolves when the peer has read enough for a backfill to go on; undefined when it already has. */
  pressure(): Promise<void> | undefined {
    if (this.queued + this.socket.writableLength < pressureBytes) return undefined;
    this.flush();
    if (this.socket.destroyed || !this.socket.writableNeedDrain) return new Promise((resolve) => setImmediate(resolve));
    return new Promise((resolve) => {
      const done = () => {
        this.socket.off("drain", done);
        this.socket.off("close", done);
        resolve();
      };
      this.socket.on("drain", done);
      this.socket.on("close", done);
    });
  }

  /** Sends what is queued, a last frame that is exempt from the bound, then closes; the socket is cut off if the peer does not answer. */
  end(code: number, reason: string, last?: Buffer): void {
    this.flush();
    this.over = true;
    if (last && this.ws.readyState === 1 && !this.socket.destroyed) this.socket.write(last);
    this.ws.close(code, reason);
  }
}
