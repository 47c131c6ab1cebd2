import { DomainError } from "../errors.ts";
import { maxQueuedBytes } from "./connection.ts";
import type { DisconnectReason } from "./disconnect.ts";
import type { Outgoing, Sink } from "./subscription.ts";

const maxQueued = 2000;

/** Between the hub, which pushes, and a generator, which is pulled. Bounded in events and in what they hold. */
export abstract class EventQueue implements Sink {
  over = false;
  protected failure: unknown;
  private items: Outgoing[] = [];
  private bytes = 0;
  private wake: () => void = () => {};
  private drained: () => void = () => {};

  abstract disconnect(reason: DisconnectReason): void;

  /** The next event; undefined at the end. Throws what ended it. */
  async next(): Promise<Outgoing | undefined> {
    for (;;) {
      const item = this.items.shift();
      if (item) {
        this.bytes -= sizeOf(item);
        if (this.items.length === 0) this.drained();
        return item;
      }
      if (this.failure) throw this.failure;
      if (this.over) return undefined;
      await new Promise<void>((resolve) => {
        this.wake = resolve;
      });
    }
  }

  deliver(outgoing: Outgoing): void {
    if (this.over) return;
    const bytes = this.bytes + sizeOf(outgoing);
    if (this.items.length >= maxQueued || bytes > maxQueuedBytes) this.disconnect("slow_consumer");
    else {
      this.items.push(outgoing);
      this.bytes = bytes;
    }
    this.wake();
  }

  ephemeral(): void {
    // Has no place in the log to resume from.
  }

  resync(reason: "expired" | "invalid"): void {
    this.fail(new DomainError(reason === "expired" ? "cursor_expired" : "cursor_invalid"));
  }

  position(): void {
    // Every event carries its own id.
  }

  pressure(): Promise<void> | undefined {
    const hasRoom = this.items.length < maxQueued / 4 && this.bytes < maxQueuedBytes / 4;
    if (this.over || hasRoom) return undefined;
    return new Promise((resolve) => {
      this.drained = resolve;
    });
  }

  fail(error: unknown): void {
    this.failure ??= error;
    this.end();
  }

  /** Ends at once: what waits is not for the reader any more. */
  protected refuse(error: unknown): void {
    this.items = [];
    this.bytes = 0;
    this.fail(error);
  }

  end(): void {
    this.over = true;
    this.wake();
    this.drained();
  }
}

/** What an event holds, as JSON: made once for all of its readers. */
function sizeOf(outgoing: Outgoing): number {
  return outgoing.shared("bytes", ({ event }) => Buffer.byteLength(JSON.stringify(event.payload)));
}
