import type { TenantId } from "../auth/principal.ts";
import type { EphemeralEvent, EphemeralType, EventType, LogEvent } from "../events.ts";
import type { DisconnectReason } from "./disconnect.ts";

/**
 * A durable event on its way to many connections: what is expensive is made once and shared. `shared` keeps bytes by protocol and
 * format (`signalr:json:thin`, …).
 */
export class Outgoing {
  readonly event: LogEvent;
  private id: string | undefined;
  private readonly idOf: (event: LogEvent) => string;
  private readonly made = new Map<string, unknown>();

  constructor(event: LogEvent, idOf: (event: LogEvent) => string) {
    this.event = event;
    this.idOf = idOf;
  }

  /** What a client sends back to resume after this event. */
  get eventId(): string {
    this.id ??= this.idOf(this.event);
    return this.id;
  }

  shared<T>(key: string, make: (outgoing: Outgoing) => T): T {
    let value = this.made.get(key) as T | undefined;
    if (value === undefined) {
      value = make(this);
      this.made.set(key, value);
    }
    return value;
  }
}

/** An ephemeral event on its way to many connections. */
export class OutgoingEphemeral {
  readonly event: EphemeralEvent;
  private readonly made = new Map<string, unknown>();

  constructor(event: EphemeralEvent) {
    this.event = event;
  }

  shared<T>(key: string, make: (event: EphemeralEvent) => T): T {
    let value = this.made.get(key) as T | undefined;
    if (value === undefined) {
      value = make(this.event);
      this.made.set(key, value);
    }
    return value;
  }
}

/**
 * What a protocol does with its events. Called in log order, each position at most once, only with what the reader may see.
 * `deliver` may be called many times in one turn; a sink that throws loses its own subscription and nobody else's.
 */
export interface Sink {
  deliver(outgoing: Outgoing): void;
  ephemeral(outgoing: OutgoingEphemeral): void;
  /** The cursor could not be honoured: reload, then go on from `eventId`. Live events follow. */
  resync(reason: "expired" | "invalid", eventId: string): void;
  /** Everything up to here has been delivered: before the first live event, after any backfill, and once a minute. */
  position(eventId: string): void;
  disconnect(reason: DisconnectReason): void;
  /** While a backfill runs faster than the peer reads: resolves when there is room again. Undefined when there is. */
  pressure?(): Promise<void> | undefined;
}

export interface SubscribeOptions {
  tenantId: TenantId;
  /** Without a user: every event of the tenant (a key with events:read). */
  userId?: string | undefined;
  /** Live events caused under this hash are left out. */
  clientHash?: string | undefined;
  /** Types wanted; all when left out. */
  kinds?: ReadonlySet<EventType | EphemeralType> | undefined;
  /** Resume after this event id. */
  since?: string | undefined;
  /** Begin after this position, which the caller got from this log; without it and `since`, at the present. */
  after?: number | undefined;
  sink: Sink;
}

/** A reader of the log with a cursor. */
export interface Subscription {
  readonly options: SubscribeOptions;
  /** The last position that was handed on or passed over. */
  readonly cursor: number;
  /** Leaves; nothing is delivered after. */
  close(): void;
}
