import type { Outgoing, OutgoingEphemeral, SubscribeOptions, Subscription } from "./subscription.ts";

/** One reader: passes on what comes after its cursor, of the kinds it wants, and not what its own page caused. */
export class LiveSubscription implements Subscription {
  cursor = 0;
  closed = false;
  readonly options: SubscribeOptions;
  private readonly onClose: (subscription: LiveSubscription) => void;

  constructor(options: SubscribeOptions, onClose: (subscription: LiveSubscription) => void) {
    this.options = options;
    this.onClose = onClose;
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
    const { kinds, sink } = this.options;
    if (!kinds || kinds.has(event.type)) sink.deliver(outgoing);
  }

  ephemeral(outgoing: OutgoingEphemeral): void {
    const { kinds, sink } = this.options;
    if (!this.closed && (!kinds || kinds.has(outgoing.event.type))) sink.ephemeral(outgoing);
  }

  close(): void {
    if (this.closed) return;
    this.closed = true;
    this.onClose(this);
  }
}
