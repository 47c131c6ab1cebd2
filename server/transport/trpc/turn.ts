import { setTimeout as sleep } from "node:timers/promises";
import { DomainError } from "../../errors.ts";
import { Gate } from "../../gate.ts";
import { limits } from "../../schema.ts";

/** Longer than a connection that was lost without a word still holds its place. */
const patienceMs = 60_000;

/** Where the subscriptions of one socket wait that came too soon: in a line, of which the first tries again. */
export class Turn {
  private readonly line = new Gate(1);
  private waiting = 0;

  /** Tries until it is `rate_limited` no more. Throws that when it would take too long, or too many wait, or the caller is `gone`. */
  async take(attempt: () => Promise<void>, gone: AbortSignal): Promise<void> {
    const until = performance.now() + patienceMs;
    const refusal = await refusalOf(attempt);
    if (!refusal) return;
    if (this.waiting >= limits.connectionsPerUser) throw refusal;
    this.waiting++;
    const leave = await this.line.enter(gone).catch(() => undefined);
    try {
      if (!leave) throw refusal;
      await insist(attempt, until, gone);
    } finally {
      leave?.();
      this.waiting--;
    }
  }
}

async function insist(attempt: () => Promise<void>, until: number, gone: AbortSignal): Promise<void> {
  for (let refusal = await refusalOf(attempt); refusal; refusal = await refusalOf(attempt)) {
    const ms = (refusal.face.retryAfter ?? 1) * 1000 + Math.random() * 500; // others were told the same
    const waited = performance.now() + ms < until && (await sleep(ms, true, { signal: gone }).catch(() => false));
    if (!waited) throw refusal;
  }
}

async function refusalOf(attempt: () => Promise<void>): Promise<DomainError | undefined> {
  try {
    await attempt();
    return undefined;
  } catch (error) {
    if (error instanceof DomainError && error.code === "rate_limited") return error;
    throw error;
  }
}
