import type { TenantId } from "../auth/principal.ts";
import type { Hub } from "./hub.ts";
import type { Sink } from "./subscription.ts";

/** Long polls: held until something that the reader sees comes, or time is over. */
export class Waiters {
  private readonly open = new Set<() => void>();
  private readonly hub: Hub;

  constructor(hub: Hub) {
    this.hub = hub;
  }

  /** Resolves when there is an event after the position for this reader, after `seconds`, or when the caller goes away. */
  async wait(
    tenantId: TenantId,
    userId: string | undefined,
    after: number,
    options: { seconds: number; signal?: AbortSignal | undefined },
  ): Promise<void> {
    let done: () => void = () => {};
    const over = new Promise<void>((resolve) => {
      done = resolve;
    });
    const seen: { position: number } = { position: 0 };
    const sink: Sink = {
      deliver: ({ event }) => {
        seen.position = event.position;
        if (event.position > after) done();
      },
      ephemeral: () => {},
      resync: () => done(),
      position: () => {},
      disconnect: () => done(),
    };
    const timer = setTimeout(done, options.seconds * 1000);
    options.signal?.addEventListener("abort", done, { once: true });
    this.open.add(done);
    const subscription = await this.hub.subscribe({ tenantId, userId, sink });
    try {
      // What came between the caller's look and the subscription would not be announced again.
      if (subscription.cursor > after) return;
      await over;
    } finally {
      subscription.close();
      clearTimeout(timer);
      options.signal?.removeEventListener("abort", done);
      this.open.delete(done);
    }
  }

  close(): void {
    for (const done of this.open) done();
  }
}
