import { type Rate, TokenBucket } from "../../limiter.ts";
import { limits } from "../../schema.ts";
import { boundMessage } from "./codec.ts";

/** A client sends more than it may. */
export class Flooding extends Error {
  override name = "Flooding";
}

/** As many calls of one frame cost another: they have limits of their own, but who has none to lose could send a thousand in each. */
const callsAFrame = 50;

/** What comes from a client: how much of it there may be, and the beginning of a message whose end has not come. */
export class Inbox {
  private rest: Buffer | undefined;
  /** Of the frame that is read. */
  private calls = 0;
  private readonly bucket: TokenBucket;

  /** @param now in ms */
  constructor(rate: Rate, now: number) {
    this.bucket = new TokenBucket(rate, now);
  }

  /** Pays for a frame that has come. Throws Flooding. */
  begin(now: number): void {
    this.calls = 0;
    this.charge(now);
  }

  /** Pays for a call of the frame. Throws Flooding. */
  chargeCall(now: number): void {
    if (++this.calls % callsAFrame === 0) this.charge(now);
  }

  /**
   * Pays for what costs as much as a frame: anything but calls, however tightly it is packed. Throws Flooding. Not in the node's shared
   * limiter, which could forget it.
   */
  charge(now: number): void {
    if (!this.bucket.take(now)) throw new Flooding();
  }

  /** What is to be read: what was left over, and what has come. */
  join(data: Buffer): Buffer {
    return this.rest ? Buffer.concat([this.rest, data]) : data;
  }

  /** Keeps what has no end yet: a copy, so that it holds no larger buffer alive. Throws ProtocolFault when it is too long. */
  keep(bytes: Buffer, from: number): void {
    boundMessage(bytes.length - from, limits.frameBytes);
    this.rest = bytes.length > from ? Buffer.from(bytes.subarray(from)) : undefined;
  }

  clear(): void {
    this.rest = undefined;
  }
}
