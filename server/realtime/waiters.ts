import type { TenantId } from "../auth/principal.ts";
import { DomainError } from "../errors.ts";
import type { EventType } from "../events.ts";
import { noPlace } from "../limiter.ts";
import { limits } from "../schema.ts";
import type { Hub } from "./hub.ts";
import type { Sink } from "./subscription.ts";

/** Long polls: held until something that the reader sees comes, or time is over. */
export class Waiters {
  private readonly open = new Set<() => void>();
  private readonly perReader = new Map<string, number>();
  private readonly hub: Hub;
  private over = false;

  constructor(hub: Hub) {
    this.hub = hub;
  }

  /**
   * Resolves when there is an event of these kinds after the position for this reader, after `seconds`, or when the caller goes away. Throws
   * `unavailable` when the node ends, `rate_limited` when this reader has too many held open.
   */
  async wait(
    tenantId: TenantId,
    userId: string | undefined,
    after: number,
    options: { seconds: number; signal?: AbortSignal | undefined; kinds?: ReadonlySet<EventType> | undefined },
  ): Promise<void> {
    const reader = JSON.stringify([tenantId, userId ?? null]);
    const held = this.perReader.get(reader) ?? 0;
    if (held >= limits.connectionsPerUser)
      throw noPlace(limits.connectionsPerUser, "Too many calls of this reader are held open");
    this.perReader.set(reader, held + 1);
    let done = () => {};
    const until = new Promise<void>((resolve) => {
      done = resolve;
    });
    const timer = setTimeout(done, options.seconds * 1000);
    options.signal?.addEventListener("abort", done, { once: true });
    this.open.add(done);
    try {
      if (!this.over && !options.signal?.aborted)
        await this.listen({ tenantId, userId, after, kinds: options.kinds, done, until });
    } finally {
      clearTimeout(timer);
      options.signal?.removeEventListener("abort", done);
      this.open.delete(done);
      this.letGo(reader);
    }
    if (this.over) throw new DomainError("unavailable", { detail: "The server is restarting", retryAfter: 1 });
  }

  private letGo(reader: string): void {
    const left = (this.perReader.get(reader) ?? 1) - 1;
    if (left > 0) this.perReader.set(reader, left);
    else this.perReader.delete(reader);
  }

  close(): void {
    this.over = true;
    for (const done of this.open) done();
  }

  /** Begins where the caller has looked, so that what came meanwhile counts if it is for this reader, and only then. */
  private async listen({ tenantId, userId, after, kinds, done, until }: Listening): Promise<void> {
    const sink: Sink = { deliver: done, ephemeral: ignore, resync: done, position: ignore, disconnect: done };
    const subscription = await this.hub.subscribe({ tenantId, userId, after, kinds, sink });
    await until;
    subscription.close();
  }
}

interface Listening {
  tenantId: TenantId;
  userId: string | undefined;
  after: number;
  kinds: ReadonlySet<EventType> | undefined;
  done(): void;
  until: Promise<void>;
}

function ignore(): void {}
