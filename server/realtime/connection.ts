import type { Duplex } from "node:stream";
import type { WebSocket } from "ws";

/** More than this unread by the peer, and the connection is closed so that it comes back and resumes. */
export const maxQueuedBytes = 1024 * 1024;
const joinBytes = 64 * 1024;
/** A backfill waits above this. */
const pressureBytes = 256 * 1024;

/** A WebSocket frame of a server (RFC 6455, 5.2): final, unmasked. Made once a broadcast, written to every socket as it is. */
export function frame(payload: string | Buffer): Buffer {
  const body = typeof payload === "string" ? Buffer.from(payload, "utf8") : payload;
  const opcode = typeof payload === "string" ? 0x81 : 0x82;
  const header = body.length < 126 ? 2 : body.length < 65_536 ? 4 : 10;
  const out = Buffer.allocUnsafe(header + body.length);
  out[0] = opcode;
  if (header === 2) out[1] = body.length;
  else if (header === 4) {
    out[1] = 126;
    out.writeUInt16BE(body.length, 2);
  } else {
    out[1] = 127;
    out.writeBigUInt64BE(BigInt(body.length), 2);
  }
  body.copy(out, header);
  return out;
}

/** Writers with frames of this turn of the event loop; all are flushed together at its end. */
let waiting: FrameWriter[] = [];

function flushAll(): void {
  const writers = waiting;
  waiting = [];
  for (const writer of writers) writer.flush();
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
    let start = 0;
    let bytes = 0;
    for (let i = 0; i <= queue.length; i++) {
      const size = queue[i]?.length ?? 0;
      if (i === queue.length || (bytes > 0 && bytes + size > joinBytes)) {
        this.socket.write(i - start === 1 ? (queue[start] as Buffer) : Buffer.concat(queue.slice(start, i), bytes));
        start = i;
        bytes = 0;
      }
      bytes += size;
    }
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
