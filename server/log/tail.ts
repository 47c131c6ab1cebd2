import type { Pool } from "pg";
import type { TenantId } from "../auth/principal.ts";
import { DomainError } from "../errors.ts";
import type { LogEvent } from "../events.ts";
import { findReaderState, type Head, readEvents, readHeads } from "./store.ts";

export interface TailListener {
  /** Events in log order, each position once. */
  onEvents(tenantId: TenantId, events: LogEvent[]): void;
  /** The log is another one than before (restored, promoted): nothing that was said about positions holds. */
  onReset(tenantId: TenantId): void;
  onError(error: unknown): void;
}

interface Tailed {
  cursor: number;
  epoch: number;
  reading: boolean;
  /** News came while a read was under way, whose snapshot may be older. */
  again: boolean;
  waiting: { position: number; resolve(): void }[];
  busyUntil: number;
}

/** Where a log was when somebody looked. */
export interface SeenHead {
  position: number;
  epoch: number;
}

const pageSize = 500;
const busyFor = 60_000;

/**
 * Follows the logs of the tenants that this node has readers for. Three things move it on: events handed over by a commit of this
 * node, wake-ups of other nodes (which may be lost), and a poll of the heads as the net. It only ever takes position = last + 1.
 */
export class Tail {
  private readonly tenants = new Map<TenantId, Tailed>();
  private readonly opening = new Map<TenantId, Promise<void>>();
  private readonly pool: Pool;
  private readonly listener: TailListener;
  private polls = 0;
  private polling = false;

  constructor(pool: Pool, listener: TailListener) {
    this.pool = pool;
    this.listener = listener;
  }

  /** Begins to follow a tenant's log from its present head; resolves when events flow. Throws `not_found` for a tenant without a log. */
  async follow(tenantId: TenantId): Promise<void> {
    if (this.tenants.has(tenantId)) return;
    let opening = this.opening.get(tenantId);
    if (!opening) {
      opening = this.open(tenantId).finally(() => this.opening.delete(tenantId));
      this.opening.set(tenantId, opening);
    }
    await opening;
  }

  unfollow(tenantId: TenantId): void {
    this.tenants.delete(tenantId);
  }

  /** The last position that was handed on; undefined when the tenant is not followed. */
  cursorOf(tenantId: TenantId): SeenHead | undefined {
    const tailed = this.tenants.get(tenantId);
    return tailed && { position: tailed.cursor, epoch: tailed.epoch };
  }

  /** Takes what this node committed, if it goes on from where we are; else reads what lies between. */
  offer(tenantId: TenantId, events: LogEvent[]): void {
    const tailed = this.tenants.get(tenantId);
    const last = events.at(-1);
    if (!tailed || !last) return;
    tailed.busyUntil = Date.now() + busyFor;
    if (!tailed.reading) this.take(tenantId, tailed, events);
    if (tailed.cursor < last.position) void this.read(tenantId, tailed);
  }

  /** Another node says that there is more. */
  wake(tenantId: TenantId): void {
    const tailed = this.tenants.get(tenantId);
    if (!tailed) return;
    tailed.busyUntil = Date.now() + busyFor;
    void this.read(tenantId, tailed);
  }

  /**
   * Resolves when everything up to a head that somebody saw has been handed on. Throws `unavailable` when that cannot be: the
   * database does not answer, or the log is another one (then its readers are told).
   */
  async reach(tenantId: TenantId, head: SeenHead): Promise<void> {
    const tailed = this.tenants.get(tenantId);
    if (tailed && head.epoch === tailed.epoch) {
      if (tailed.cursor >= head.position) return;
      void this.read(tenantId, tailed);
      await new Promise<void>((resolve) => tailed.waiting.push({ position: head.position, resolve }));
      if (tailed.cursor >= head.position) return;
    } else if (tailed) this.reset(tenantId);
    throw new DomainError("unavailable", { retryAfter: 1 });
  }

  /** Compares heads: every call those of busy tenants, every tenth call all. To be called once a second. */
  async poll(): Promise<void> {
    if (this.polling || this.tenants.size === 0) return;
    this.polling = true;
    try {
      const now = Date.now();
      const all = this.polls++ % 10 === 0;
      const before = new Map<TenantId, number>();
      for (const [tenantId, { busyUntil, cursor }] of this.tenants)
        if (all || busyUntil > now) before.set(tenantId, cursor);
      if (before.size === 0) return;
      for (const head of await readHeads(this.pool, [...before.keys()])) this.compare(head, before.get(head.tenantId));
    } catch (error) {
      this.listener.onError(error);
    } finally {
      this.polling = false;
    }
  }

  /** A head behind what had been handed on before the look is another log too: a server that lost commits. */
  private compare(head: Head, before = 0): void {
    const tailed = this.tenants.get(head.tenantId);
    if (!tailed) return;
    if (head.epoch !== tailed.epoch || head.position < before) this.reset(head.tenantId);
    else if (head.position > tailed.cursor) void this.read(head.tenantId, tailed);
  }

  private reset(tenantId: TenantId): void {
    this.tenants.delete(tenantId);
    this.listener.onReset(tenantId);
  }

  private async open(tenantId: TenantId): Promise<void> {
    const state = await findReaderState(this.pool, tenantId);
    if (!state) throw new DomainError("not_found");
    this.tenants.set(tenantId, {
      cursor: state.position,
      epoch: state.epoch,
      reading: false,
      again: false,
      waiting: [],
      busyUntil: Date.now() + busyFor,
    });
  }

  private take(tenantId: TenantId, tailed: Tailed, events: LogEvent[]): void {
    const next = events.findIndex((event) => event.position === tailed.cursor + 1);
    if (next < 0) return;
    const fresh = next === 0 ? events : events.slice(next);
    tailed.cursor = fresh.at(-1)?.position ?? tailed.cursor;
    this.listener.onEvents(tenantId, fresh);
    release(tailed, tailed.cursor);
  }

  /** Reads on to the end, once more if there was news meanwhile. After a failure the poll comes back to it. */
  private async read(tenantId: TenantId, tailed: Tailed): Promise<void> {
    tailed.again = true;
    if (tailed.reading) return;
    tailed.reading = true;
    try {
      while (tailed.again) {
        tailed.again = false;
        const span = { after: tailed.cursor, upto: Number.MAX_SAFE_INTEGER, limit: pageSize };
        const events = await readEvents(this.pool, tenantId, span);
        if (this.tenants.get(tenantId) !== tailed) return;
        if (events[0] && events[0].position > tailed.cursor + 1) return this.reset(tenantId); // retention passed a node that slept
        this.take(tenantId, tailed, events);
        tailed.again ||= events.length === pageSize;
      }
    } catch (error) {
      this.listener.onError(error);
    } finally {
      tailed.reading = false;
      release(tailed, Number.POSITIVE_INFINITY);
    }
  }
}

/** Lets those go on who wait for a position up to this one. */
function release(tailed: Tailed, position: number): void {
  if (tailed.waiting.length === 0) return;
  const waiting = tailed.waiting;
  tailed.waiting = waiting.filter((waiter) => waiter.position > position);
  for (const waiter of waiting) if (waiter.position <= position) waiter.resolve();
}
