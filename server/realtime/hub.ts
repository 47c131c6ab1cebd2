import type { TenantId } from "../auth/principal.ts";
import { DomainError } from "../errors.ts";
import type { EphemeralEvent, LogEvent } from "../events.ts";
import type { Cursors } from "../log/cursor.ts";
import { findReaderState, type ReaderState, readEvents, readUserEvents } from "../log/store.ts";
import { Tail } from "../log/tail.ts";
import type { Database } from "../persistence/database.ts";
import { LiveSubscription } from "./live-subscription.ts";
import { Outgoing, OutgoingEphemeral, type SubscribeOptions, type Subscription } from "./subscription.ts";
import { rollOver, TenantHub } from "./tenant-hub.ts";

const backfillPage = 500;

interface Options {
  db: Database;
  cursors: Cursors;
  onError(error: unknown): void;
}

/**
 * Joins readers to logs: backfill, cutover, stream. A subscription sees each position after its cursor at most once, in order, and
 * only what its user may see; events of the present are handed on as the tail delivers them.
 */
export class Hub {
  private readonly tenants = new Map<TenantId, TenantHub>();
  private readonly tail: Tail;
  private readonly options: Options;

  constructor(options: Options) {
    this.options = options;
    this.tail = new Tail(options.db.pool, {
      onEvents: (tenantId, events) => this.publish(tenantId, events),
      onReset: (tenantId) => this.reset(tenantId),
      onError: options.onError,
    });
    options.db.onCommit((tenantId, events) => this.tail.offer(tenantId, events));
  }

  wake(tenantId: TenantId): void {
    this.tail.wake(tenantId);
  }

  poll(): Promise<void> {
    return this.tail.poll();
  }

  tenantIds(): TenantId[] {
    return [...this.tenants.keys()];
  }

  tenantHub(tenantId: TenantId): TenantHub | undefined {
    return this.tenants.get(tenantId);
  }

  ephemeral(event: EphemeralEvent): void {
    this.tenants.get(event.tenantId)?.ephemeral(new OutgoingEphemeral(event));
  }

  /** The last position handed to readers of a tenant; undefined when nobody reads it here. */
  positionOf(tenantId: TenantId): string | undefined {
    const at = this.tail.cursorOf(tenantId);
    return at && this.options.cursors.encode(tenantId, at.epoch, at.position);
  }

  /** Starts to read. Resolves when the subscription is live, after any backfill. Throws `not_found` for a tenant without a log. */
  async subscribe(options: SubscribeOptions): Promise<Subscription> {
    const { tenantId } = options;
    const hub = this.hubOf(tenantId);
    const subscription = new LiveSubscription(options, () => this.leave(tenantId, hub, subscription));
    hub.pending++;
    try {
      await this.tail.follow(tenantId);
      await this.bringIn(hub, subscription);
    } catch (error) {
      subscription.closed = true;
      throw error;
    } finally {
      hub.pending--;
      this.letGo(tenantId, hub);
    }
    return subscription;
  }

  private async bringIn(hub: TenantHub, subscription: LiveSubscription): Promise<void> {
    const { since, sink, tenantId } = subscription.options;
    let state = await this.stateOf(subscription);
    let resumed = false;
    if (since !== undefined) {
      const from = this.readSince(subscription, state, since);
      resumed = from !== undefined;
      subscription.cursor = from ?? state.position;
      state = await this.backfill(subscription, state);
    } else subscription.cursor = state.position;
    while (!subscription.closed && !this.cutOver(hub, subscription, state)) {
      state = await this.backfill(subscription, await this.stateOf(subscription));
    }
    if (resumed && !subscription.closed)
      sink.position(this.options.cursors.encode(tenantId, state.epoch, Math.max(state.position, subscription.cursor)));
  }

  /** The position to go on from; undefined after telling the reader that its cursor is of no use. */
  private readSince({ options }: LiveSubscription, state: ReaderState, since: string): number | undefined {
    const { cursors } = this.options;
    try {
      return cursors.resume(options.tenantId, since, state);
    } catch (error) {
      if (!(error instanceof DomainError)) throw error;
      const reason = error.code === "cursor_invalid" ? "invalid" : "expired";
      options.sink.resync(reason, cursors.encode(options.tenantId, state.epoch, state.position));
      return undefined;
    }
  }

  /** Hands on what was missed up to the state's position, page by page; the reader's queue bounds what it may lag. */
  private async backfill(subscription: LiveSubscription, state: ReaderState): Promise<ReaderState> {
    const { tenantId, userId } = subscription.options;
    const { pool } = this.options.db;
    while (!subscription.closed && subscription.cursor < state.position) {
      const span = { after: subscription.cursor, upto: state.position, limit: backfillPage };
      const events =
        userId === undefined
          ? await readEvents(pool, tenantId, span)
          : await readUserEvents(pool, tenantId, userId, span);
      for (const event of events) {
        subscription.replay(this.outgoing(event, state.epoch));
        const pressure = subscription.options.sink.pressure?.();
        if (pressure) await pressure;
      }
      if (events.length < backfillPage) subscription.cursor = state.position;
    }
    return state;
  }

  /**
   * Goes from the snapshot to the stream in one turn: the events between the snapshot and the last one published are still in memory,
   * and the user's chats are rolled over them. False when they are not: then the database is read again.
   */
  private cutOver(hub: TenantHub, subscription: LiveSubscription, state: ReaderState): boolean {
    const { tenantId, userId } = subscription.options;
    const now = this.tail.cursorOf(tenantId);
    if (!now || this.tenants.get(tenantId) !== hub) throw new DomainError("unavailable", { retryAfter: 1 });
    const between = now.position <= state.position ? [] : hub.since(state.position);
    if (!between) return false;
    const chats = new Set(state.chatIds);
    for (const outgoing of between) {
      if (userId === undefined || rollOver(chats, userId, outgoing.event)) subscription.live(outgoing);
    }
    subscription.cursor = Math.max(subscription.cursor, state.position, now.position);
    hub.join(subscription, chats);
    return true;
  }

  private async stateOf(subscription: LiveSubscription): Promise<ReaderState> {
    const { tenantId, userId } = subscription.options;
    const state = await findReaderState(this.options.db.pool, tenantId, userId);
    if (!state) throw new DomainError("not_found");
    return state;
  }

  private publish(tenantId: TenantId, events: LogEvent[]): void {
    const hub = this.tenants.get(tenantId);
    if (!hub) return;
    const epoch = this.tail.cursorOf(tenantId)?.epoch ?? 0;
    for (const event of events) hub.publish(this.outgoing(event, epoch));
  }

  private outgoing(event: LogEvent, epoch: number): Outgoing {
    return new Outgoing(event, ({ tenantId, position }) => this.options.cursors.encode(tenantId, epoch, position));
  }

  private reset(tenantId: TenantId): void {
    const hub = this.tenants.get(tenantId);
    this.tenants.delete(tenantId);
    for (const subscription of hub?.subscriptions() ?? []) {
      subscription.close();
      subscription.options.sink.disconnect("log_reset");
    }
  }

  private hubOf(tenantId: TenantId): TenantHub {
    let hub = this.tenants.get(tenantId);
    if (!hub) {
      hub = new TenantHub();
      this.tenants.set(tenantId, hub);
    }
    return hub;
  }

  private leave(tenantId: TenantId, hub: TenantHub, subscription: LiveSubscription): void {
    hub.part(subscription);
    this.letGo(tenantId, hub);
  }

  private letGo(tenantId: TenantId, hub: TenantHub): void {
    if (!hub.empty || this.tenants.get(tenantId) !== hub) return;
    this.tenants.delete(tenantId);
    this.tail.unfollow(tenantId);
  }
}
