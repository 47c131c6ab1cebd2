import { type Rate, TokenBucket } from "../../limiter.ts";
import type { ClientMessage } from "./client-message.ts";

/** With more frames waiting than this nothing more is read from the socket, until half of them are done. */
const maxWaiting = 32;

interface Socket {
  pause(): void;
  resume(): void;
}

/**
 * The frames of one connection, one at a time, in order. A client that re-subscribes to hundreds of channels after a reconnect sends a
 * frame for each: over the tenant's rate it is not sent away, but read from no faster than that.
 */
export class FrameQueue {
  private waiting: ClientMessage[] = [];
  private running = false;
  private full = false;
  private ahead = false;
  private readonly budget: TokenBucket;
  private readonly socket: Socket;
  private readonly now: () => number;
  private readonly handle: (message: ClientMessage) => Promise<void>;

  /** @param handle never rejects. `now` is the clock, in ms */
  constructor(
    { socket, rate, now }: { socket: Socket; rate: Rate; now: () => number },
    handle: (message: ClientMessage) => Promise<void>,
  ) {
    this.socket = socket;
    this.now = now;
    this.budget = new TokenBucket(rate, now());
    this.handle = handle;
  }

  /** A frame that is answered at once costs as much as any other. */
  spend(): boolean {
    if (this.budget.take(this.now())) return true;
    this.ahead = true;
    this.socket.pause();
    return false;
  }

  /** About once a second: who was ahead of the rate may go on. */
  sweep(now: number): void {
    if (!this.ahead || this.budget.fill(now) < 1) return;
    this.ahead = false;
    this.resume();
    if (!this.running) void this.run();
  }

  push(message: ClientMessage): void {
    this.waiting.push(message);
    if (this.waiting.length > maxWaiting && !this.full) {
      this.full = true;
      this.socket.pause();
    }
    if (!this.running) void this.run();
  }

  /** Forgets what waits. */
  clear(): void {
    this.waiting = [];
    this.full = false;
    this.ahead = false;
    this.socket.resume();
  }

  private async run(): Promise<void> {
    this.running = true;
    while (this.waiting.length > 0 && !this.ahead && this.spend()) {
      const message = this.waiting.shift();
      if (message) await this.handle(message);
      if (this.full && this.waiting.length <= maxWaiting / 2) {
        this.full = false;
        this.resume();
      }
    }
    this.running = false;
  }

  private resume(): void {
    if (!this.full && !this.ahead) this.socket.resume();
  }
}
