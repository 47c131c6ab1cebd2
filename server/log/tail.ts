import type { Pool } from "pg";
import type { TenantId } from "../auth/principal.ts";
import type { LogEvent } from "../events.ts";
import { findReaderState, readEvents, readHeads } from "./store.ts";

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
  /** The furthest position somebody told us of. */
  known: number;
  busyUntil: number;
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

  /** Begins to follow a tenant's log from its present head; resolves when events flow. */
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
  cursorOf(tenantId: TenantId): { position: number; epoch: number } | undefined {
    const tailed = this.tenants.get(tenantId);
    return tailed && { position: tailed.cursor, epoch: tailed.epoch };
  }

  /** Takes what this node committed, if it goes on from where we are; else reads what lies between. */
  offer(tenantId: TenantId, events: LogEvent[]): void {
    const tailed = this.tenants.get(tenantId);
    const last = events.at(-1);
    if (!tailed || !last) return;
    tailed.known = Math.max(tailed.known, last.position);
    tailed.busyUntil = Date.now() + busyFor;
    if (tailed.reading) return;
    this.take(tenantId, tailed, events);
    if (tailed.cursor < tailed.known) void this.read(tenantId, tailed);
  }

  /** Another node says that there is more. */
  wake(tenantId: TenantId): void {
    const tailed = this.tenants.get(tenantId);
    if (!tailed) return;
    tailed.known = Math.max(tailed.known, tailed.cursor + 1);
    tailed.busyUntil = Date.now() + busyFor;
    if (!tailed.reading) void this.read(tenantId, tailed);
  }

  /** Compares heads: every call those of busy tenants, every tenth call all. To be called once a second. */
  async poll(): Promise<void> {
    if (this.polling || this.tenants.size === 0) return;
    this.polling = true;
    try {
      const now = Date.now();
      const all = this.polls++ % 10 === 0;
      const wanted = [...this.tenants]
        .filter(([, tailed]) => all || tailed.busyUntil > now)
        .map(([tenantId]) => tenantId);
      if (wanted.length > 0) for (const head of await readHeads(this.pool, wanted)) this.compare(head);
    } catch (error) {
      this.listener.onError(error);
    } finally {
      this.polling = false;
    }
  }

  private compare(head: { tenantId: TenantId; position: number; epoch: number }): void {
    const tailed = this.tenants.get(head.tenantId);
    if (!tailed) return;
    if (head.epoch !== tailed.epoch) {
      this.tenants.delete(head.tenantId);
      this.listener.onReset(head.tenantId);
    } else if (head.position > tailed.cursor) {
      tailed.known = Math.max(tailed.known, head.position);
      if (!tailed.reading) void this.read(head.tenantId, tailed);
    }
  }

  private async open(tenantId: TenantId): Promise<void> {
    const state = await findReaderState(this.pool, tenantId);
    if (!state) throw new Error("a tenant without a log cannot be followed");
    this.tenants.set(tenantId, {
      cursor: state.position,
      epoch: state.epoch,
      reading: false,
      known: state.position,
      busyUntil: Date.now() + busyFor,
    });
  }

  private take(tenantId: TenantId, tailed: Tailed, events: LogEvent[]): void {
    const next = events.findIndex((event) => event.position === tailed.cursor + 1);
    if (next < 0) return;
    const fresh = next === 0 ? events : events.slice(next);
    tailed.cursor = fresh.at(-1)?.position ?? tailed.cursor;
    this.listener.onEvents(tenantId, fresh);
  }

  private async read(tenantId: TenantId, tailed: Tailed): Promise<void> {
    tailed.reading = true;
    try {
      while (this.tenants.get(tenantId) === tailed) {
        const before = tailed.known;
        const events = await readEvents(this.pool, tenantId, {
          after: tailed.cursor,
          upto: Number.MAX_SAFE_INTEGER,
          limit: pageSize,
        });
        if (this.tenants.get(tenantId) !== tailed) return;
        if (events[0] && events[0].position > tailed.cursor + 1) {
          this.tenants.delete(tenantId); // retention went past a node that slept
          this.listener.onReset(tenantId);
          return;
        }
        this.take(tenantId, tailed, events);
        if (events.length < pageSize && tailed.known === before) break;
      }
      tailed.known = tailed.cursor;
    } catch (error) {
      this.listener.onError(error); // the poll comes back to it
    } finally {
      tailed.reading = false;
    }
  }
}
