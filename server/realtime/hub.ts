import type { TenantId } from "../auth/principal.ts";
import { DomainError } from "../errors.ts";
import type { EphemeralEvent, LogEvent } from "../events.ts";
import type { Cursors } from "../log/cursor.ts";
import { findReaderState, type ReaderState, readVisibleEvents } from "../log/store.ts";
import { Tail } from "../log/tail.ts";
import type { Database } from "../persistence/database.ts";
import { isRelieved } from "./connection.ts";
import { LiveSubscription, type SubscriptionOwner } from "./live-subscription.ts";
import { ReadMarks } from "./read-marks.ts";
import { resumeAt, stateOf } from "./replay.ts";
import { Outgoing, OutgoingEphemeral, type SubscribeOptions, type Subscription } from "./subscription.ts";
import { rollOver, TenantHub } from "./tenant-hub.ts";

const backfillPage = 200;
/** A reader that is to come in is brought this near to the present by pages; the rest it gets in one go. */
const lastStretch = 256;
/** Once in so many seconds a reader is told where it is. */
const positionEvery = 60;

interface Options {
  db: Database;
  cursors: Cursors;
  onError(error: unknown): void;
  /** How long a backfill waits for a peer that does not read, in ms; 30 s unless told. */
  patience?: number;
}

/**
 * Joins readers to logs: backfill, cutover, stream. A subscription sees each position after its cursor at most once, in order, and
 * only what its user may see; events of the present are handed on as the tail delivers them.
 */
export class Hub implements SubscriptionOwner {
  private readonly tenants = new Map<TenantId, TenantHub>();
  private readonly joining = new Map<object, LiveSubscription>();
  private readonly marks = new ReadMarks();
  private readonly tail: Tail;
  private readonly options: Options;
  private made = 0;

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
    const hub = this.tenants.get(event.tenantId);
    if (hub && this.marks.isNews(event)) hub.ephemeral(new OutgoingEphemeral(event));
  }

  /** Tells the readers whose second of the minute it is that they have everything so far, so that a quiet cursor never ages. */
  tellPositions(tick: number): void {
    for (const [tenantId, hub] of this.tenants) {
      const at = this.tail.cursorOf(tenantId);
      const readers = at ? hub.subscriptions().filter(({ slot }) => slot % positionEvery === tick % positionEvery) : [];
      if (!at || readers.length === 0) continue;
      const eventId = this.options.cursors.encode(tenantId, at.epoch, at.position);
      for (const { options } of readers) options.sink.position(eventId);
    }
  }

  /** Starts to read. Resolves when the subscription is live, after any backfill. Throws `not_found` for a tenant without a log. */
  async subscribe(options: SubscribeOptions): Promise<Subscription> {
    const { tenantId, sink } = options;
    const hub = this.hubOf(tenantId);
    const subscription = new LiveSubscription(options, this.made++, this);
    hub.expect();
    this.joining.set(sink, subscription);
    try {
      await this.tail.follow(tenantId);
      await this.bringIn(hub, subscription);
    } catch (error) {
      subscription.closed = true;
      throw error;
    } finally {
      this.joining.delete(sink);
      hub.settled();
      this.letGo(tenantId, hub);
    }
    return subscription;
  }

  /** Whether a reader sees a chat: as of the last event that was published, once that is as new as the call. */
  async sees(tenantId: TenantId, userId: string, chatId: string): Promise<boolean> {
    if (this.tenants.get(tenantId)?.sees(userId, chatId)) return true;
    const state = await findReaderState(this.options.db.pool, tenantId, userId);
    if (!state?.chatIds.includes(chatId)) return false;
    await this.tail.reach(tenantId, state);
    return this.tenants.get(tenantId)?.sees(userId, chatId) ?? false;
  }

  /** The reader behind a sink has gone: what it was still to be brought is not read any more. */
  abandon(sink: object): void {
    this.joining.get(sink)?.close();
  }

  private async bringIn(hub: TenantHub, subscription: LiveSubscription): Promise<void> {
    const { sink, tenantId } = subscription.options;
    let state = await this.stateOf(subscription);
    this.place(subscription, state);
    for (let stretch = lastStretch; ; stretch *= 2) {
      await this.backfill(subscription, state);
      if (!subscription.closed) await this.catchUp(hub, tenantId, state);
      if (subscription.closed || this.cutOver(hub, subscription, state, stretch)) break;
      state = await this.stateOf(subscription);
    }
    if (!subscription.closed) sink.position(this.options.cursors.encode(tenantId, state.epoch, subscription.cursor));
  }

  private async catchUp(hub: TenantHub, tenantId: TenantId, state: ReaderState): Promise<void> {
    // After a reset what was read before is of another log.
    if (this.tenants.get(tenantId) !== hub) throw new DomainError("unavailable", { retryAfter: 1 });
    await this.tail.reach(tenantId, state);
  }

  /** Sets where the subscription begins: where its reader left off, if that is known. */
  private place(subscription: LiveSubscription, state: ReaderState): void {
    const { since, after } = subscription.options;
    const from = since === undefined ? undefined : this.readSince(subscription, state, since);
    subscription.cursor = from ?? after ?? state.position;
  }

  /** The position to go on from; undefined after telling the reader that its cursor is of no use. */
  private readSince({ options }: LiveSubscription, state: ReaderState, since: string): number | undefined {
    const { cursors } = this.options;
    const from = resumeAt(cursors, options.tenantId, since, state);
    if (typeof from === "number") return from;
    options.sink.resync(from, cursors.encode(options.tenantId, state.epoch, state.position));
    return undefined;
  }

  /** Hands on what was missed up to the state's position, page by page, as fast as the reader takes it. */
  private async backfill(subscription: LiveSubscription, state: ReaderState): Promise<void> {
    const { tenantId, userId } = subscription.options;
    const { pool } = this.options.db;
    while (!subscription.closed && subscription.cursor < state.position) {
      const span = { after: subscription.cursor, upto: state.position, limit: backfillPage };
      const events = await this.unlessCut(subscription, readVisibleEvents(pool, tenantId, userId, span));
      if (!events) return;
      for (const event of events) {
        subscription.replay(this.outgoing(event, state.epoch));
        await this.room(subscription);
        if (subscription.closed) return;
      }
      if (events.length < backfillPage) subscription.cursor = state.position;
    }
  }

  /** Undefined when retention cut off what the reader had yet to see: it is told to reload. */
  private async unlessCut(subscription: LiveSubscription, page: Promise<LogEvent[]>): Promise<LogEvent[] | undefined> {
    try {
      return await page;
    } catch (error) {
      if (!(error instanceof DomainError) || error.code !== "cursor_expired") throw error;
      const { tenantId, sink } = subscription.options;
      const now = await this.stateOf(subscription);
      sink.resync("expired", this.options.cursors.encode(tenantId, now.epoch, now.position));
      subscription.cursor = now.position;
      return undefined;
    }
  }

  /** Waits until the peer has read enough; one that does not is sent away, or it would keep its page of the log in memory. */
  private async room(subscription: LiveSubscription): Promise<void> {
    const { sink } = subscription.options;
    if ((await isRelieved(sink.pressure?.(), this.options.patience)) || subscription.closed) return;
    subscription.close();
    sink.disconnect("slow_consumer");
  }

  /**
   * Goes from the snapshot to the stream in one turn: the tail has come to the snapshot or past it, the events between are still in
   * memory, and the user's chats are rolled over them. So what the index says is true as of the last event published. False when
   * there are too many between, or not all are in memory: then the database is read again.
   */
  private cutOver(hub: TenantHub, subscription: LiveSubscription, state: ReaderState, stretch: number): boolean {
    const { tenantId, userId } = subscription.options;
    const now = this.tail.cursorOf(tenantId);
    if (!now || this.tenants.get(tenantId) !== hub) throw new DomainError("unavailable", { retryAfter: 1 });
    const between = now.position === state.position ? [] : hub.since(state.position);
    if (!between || between.length > stretch) return false;
    const chats = new Set(state.chatIds);
    for (const outgoing of between) {
      if (userId === undefined || rollOver(chats, userId, outgoing.event)) subscription.live(outgoing);
    }
    subscription.cursor = Math.max(subscription.cursor, now.position); // a resync may have put it further on
    if (!subscription.closed) hub.join(subscription, chats);
    return true;
  }

  private stateOf({ options: { tenantId, userId } }: LiveSubscription): Promise<ReaderState> {
    return stateOf(this.options.db, tenantId, userId);
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

  left(subscription: LiveSubscription): void {
    const { tenantId } = subscription.options;
    const hub = this.tenants.get(tenantId);
    if (!hub) return; // after a reset its hub is gone as a whole
    hub.part(subscription);
    this.letGo(tenantId, hub);
  }

  onError(error: unknown): void {
    this.options.onError(error);
  }

  private letGo(tenantId: TenantId, hub: TenantHub): void {
    if (!hub.empty || this.tenants.get(tenantId) !== hub) return;
    this.tenants.delete(tenantId);
    this.tail.unfollow(tenantId);
  }
}
