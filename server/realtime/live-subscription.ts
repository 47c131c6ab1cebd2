import type { Outgoing, OutgoingEphemeral, SubscribeOptions, Subscription } from "./subscription.ts";

/** What a subscription tells the one who made it. */
export interface SubscriptionOwner {
  left(subscription: LiveSubscription): void;
  onError(error: unknown): void;
}

/** One reader: passes on what comes after its cursor, of the kinds it wants, and not what its own page caused. */
export class LiveSubscription implements Subscription {
  cursor = 0;
  closed = false;
  readonly options: SubscribeOptions;
  /** Spreads over time what all readers get. */
  readonly slot: number;
  private readonly owner: SubscriptionOwner;

  constructor(options: SubscribeOptions, slot: number, owner: SubscriptionOwner) {
    this.options = options;
    this.slot = slot;
    this.owner = owner;
  }

  /** A live event: one's own page's are left out. */
  live(outgoing: Outgoing): void {
    const { event } = outgoing;
    const { clientHash } = this.options;
    if (clientHash !== undefined && event.clientHash === clientHash) {
      if (event.position > this.cursor) this.cursor = event.position;
      return;
    }
    this.replay(outgoing);
  }

  /** An event that was missed: shown even when one's own page caused it. */
  replay(outgoing: Outgoing): void {
    const { event } = outgoing;
    if (this.closed || event.position <= this.cursor) return;
    this.cursor = event.position;
    const { kinds } = this.options;
    if (kinds && !kinds.has(event.type)) return;
    try {
      this.options.sink.deliver(outgoing);
    } catch (error) {
      this.broken(error);
    }
  }

  ephemeral(outgoing: OutgoingEphemeral): void {
    const { kinds, sink } = this.options;
    if (!this.closed && (!kinds || kinds.has(outgoing.event.type))) sink.ephemeral(outgoing);
  }

  close(): void {
    if (this.closed) return;
    this.closed = true;
    this.owner.left(this);
  }

  private broken(error: unknown): void {
    this.close();
    this.owner.onError(error);
    this.options.sink.disconnect("internal");
  }
}
