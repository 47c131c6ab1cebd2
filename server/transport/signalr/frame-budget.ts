import type { Rate } from "../../limiter.ts";

/** A client sends more than it may. */
export class Flooding extends Error {
  override name = "Flooding";
}

/** The token bucket of one connection's frames. Not in the node's shared limiter, which could forget it. */
export class FrameBudget {
  private tokens: number;
  private at: number;
  private readonly rate: Rate;

  /** @param now in ms */
  constructor(rate: Rate, now: number) {
    this.rate = rate;
    this.tokens = rate.burst;
    this.at = now;
  }

  /** Takes one token at a time in ms. Throws Flooding when there is none. */
  take(now: number): void {
    const { rate, burst } = this.rate;
    this.tokens = Math.min(burst, this.tokens + ((now - this.at) / 1000) * rate);
    this.at = now;
    if (this.tokens < 1) throw new Flooding();
    this.tokens -= 1;
  }
}
