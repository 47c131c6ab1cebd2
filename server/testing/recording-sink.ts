import type { DisconnectReason } from "../realtime/disconnect.ts";
import type { Outgoing, OutgoingEphemeral, Sink } from "../realtime/subscription.ts";

/** The reading end of a subscription: keeps what it is told. */
export class RecordingSink implements Sink {
  readonly positions: number[] = [];
  readonly eventIds: string[] = [];
  readonly ephemerals: OutgoingEphemeral["event"][] = [];
  readonly resyncs: string[] = [];
  /** Event ids up to which it was told to have everything. */
  readonly told: string[] = [];
  readonly disconnects: DisconnectReason[] = [];
  pressure?: () => Promise<void> | undefined;

  deliver(outgoing: Outgoing): void {
    this.positions.push(outgoing.event.position);
    this.eventIds.push(outgoing.eventId);
  }

  ephemeral(outgoing: OutgoingEphemeral): void {
    this.ephemerals.push(outgoing.event);
  }

  resync(reason: "expired" | "invalid"): void {
    this.resyncs.push(reason);
  }

  position(eventId: string): void {
    this.told.push(eventId);
  }

  disconnect(reason: DisconnectReason): void {
    this.disconnects.push(reason);
  }
}
