import { setTimeout as sleep } from "node:timers/promises";
import { LRUCache } from "lru-cache";
import type { TenantId } from "../auth/principal.ts";
import { findDueBatches } from "../domain/batches/list-store.ts";
import { runBatch } from "../domain/batches/run-batch.ts";
import { type DueKind, findDueTenants } from "../domain/notifications/due-store.ts";
import { settleDue } from "../domain/notifications/settle-due.ts";
import type { Database } from "../persistence/database.ts";
import { isReadOnly } from "../persistence/faults.ts";
import { Pace } from "../persistence/pace.ts";

interface Options {
  db: Database;
  onError(error: unknown): void;
  /** Between two looks when nothing is due, in ms. */
  pause?: number;
  /** How long a tenant whose step failed is left alone, in ms; each time that it fails again twice as long, up to `mostPatience` times. */
  patience?: number;
}

/** Tenants at once, so that a long send of one keeps nobody else's schedule waiting. */
const tenantsAtOnce = 4;
/** More than can fail at once: a look that ended at those who always fail would never come to the others. */
const tenantsALook = 10_000;
/** Of those whose last step failed: a step that hangs does so for long, and whoever becomes due meanwhile waits for the next look. */
const failedALook = tenantsAtOnce;
const mostPatience = 12;
/** Between two looks however often something happens, in ms. */
const leastPause = 25;
/** A tenant begins no further send to many after so many ms of a look: then whoever else is due has its turn. */
const turn = 500;
/** How long a tenant's sends to many are left to whoever is at them, in ms: each such look reads thousands of recipients for nothing. */
const whileOthersAre = 100;

/**
 * Works what waits for a time: scheduled, snoozed and expiring notifications, and sends to many. Everything it knows is in Postgres, so
 * that any number of workers may run it and any may die; each look asks which tenants are due, and each tenant gets one step a look. What
 * time it is says Postgres: a worker whose clock is wrong is no earlier and no later than the others.
 */
export class DueLoop {
  private readonly options: Options;
  /** Kinds and tenants that are left alone for a while: a step failed, or somebody else is at it. */
  private readonly spared: LRUCache<string, true>;
  /** How often each of them has failed in a row. */
  private readonly failures: LRUCache<string, number>;
  /** Of each tenant the send to many that had the last turn. */
  private readonly lastBatches = new LRUCache<TenantId, string>({ max: tenantsALook });
  /** Of each tenant of whose notifications more are due than a step takes. */
  private readonly paces = new LRUCache<TenantId, Pace>({ max: tenantsALook });
  private readonly patience: number;
  private readonly stopping = new AbortController();
  private readonly running: Promise<void>[];
  private readonly resting = new Set<() => void>();
  private wakes = 0;

  constructor(options: Options) {
    this.options = options;
    this.patience = options.patience ?? 5000;
    this.spared = new LRUCache({ max: 2 * tenantsALook, ttl: this.patience });
    this.failures = new LRUCache({ max: 2 * tenantsALook });
    this.running = [
      this.run("notifications", (tenantId) => this.settle(tenantId)),
      this.run("batches", (tenantId) => this.runBatches(tenantId)),
    ];
  }

  /** Says that a log has grown: a send to many may have begun with it. Looks no more often than each `leastPause` ms. */
  wake(): void {
    this.wakes++;
    for (const rise of this.resting) rise();
  }

  /** Lets the steps that run come to their end. */
  async close(): Promise<void> {
    this.stopping.abort();
    this.wake();
    await Promise.all(this.running);
  }

  private async run(kind: DueKind, step: (tenantId: TenantId) => Promise<unknown>): Promise<void> {
    const { db, onError, pause = 200 } = this.options;
    while (!this.stopping.signal.aborted) {
      let due: TenantId[] = [];
      const { wakes } = this;
      try {
        due = await findDueTenants(db.pool, kind, tenantsALook);
      } catch (error) {
        onError(error);
      }
      const able = this.able(kind, due);
      await this.each(able, kind, step);
      if (able.length === 0) await this.rest(pause, wakes);
    }
  }

  /** All whose last step went well, and then some of the others, those who failed least first. */
  private able(kind: DueKind, due: TenantId[]): TenantId[] {
    const failures = (tenantId: TenantId) => this.failures.get(`${kind} ${tenantId}`) ?? 0;
    const able = due.filter((tenantId) => !this.spared.has(`${kind} ${tenantId}`));
    const failed = able.filter((tenantId) => failures(tenantId) > 0).sort((a, b) => failures(a) - failures(b));
    return [...able.filter((tenantId) => failures(tenantId) === 0), ...failed.slice(0, failedALook)];
  }

  /** @param wakes as many as there had been when the look began */
  private async rest(pause: number, wakes: number): Promise<void> {
    const { signal } = this.stopping;
    const least = Math.min(leastPause, pause);
    await sleep(least, undefined, { signal }).catch(() => {});
    if (signal.aborted || this.wakes !== wakes) return;
    const woken = new AbortController();
    const rise = () => woken.abort();
    this.resting.add(rise);
    await sleep(pause - least, undefined, { signal: woken.signal }).catch(() => {});
    this.resting.delete(rise);
  }

  private async each(
    tenants: TenantId[],
    kind: DueKind,
    step: (tenantId: TenantId) => Promise<unknown>,
  ): Promise<void> {
    const queue = [...tenants];
    const work = async () => {
      for (let next = queue.shift(); next && !this.stopping.signal.aborted; next = queue.shift())
        try {
          await step(next);
          this.failures.delete(`${kind} ${next}`);
        } catch (error) {
          // No tenant's fault, and over for all of them at once: nobody is left alone for longer because of it.
          if (isReadOnly(error)) this.spared.set(`${kind} ${next}`, true);
          else this.spare(`${kind} ${next}`);
          this.options.onError(error);
        }
    };
    await Promise.all(Array.from({ length: tenantsAtOnce }, work));
  }

  private spare(failed: string): void {
    const before = this.failures.get(failed) ?? 0;
    this.failures.set(failed, before + 1);
    this.spared.set(failed, true, { ttl: this.patience * Math.min(2 ** before, mostPatience) });
  }

  private async settle(tenantId: TenantId): Promise<void> {
    const { db } = this.options;
    const pace = this.paces.get(tenantId) ?? new Pace();
    if (!(await settleDue(db, tenantId, await db.now(), pace))) {
      this.paces.delete(tenantId);
      return;
    }
    this.paces.set(tenantId, pace);
    // The rest is for those who write in that tenant; other tenants have their turn meanwhile.
    if (pace.rest > 0) this.spared.set(`notifications ${tenantId}`, true, { ttl: Math.ceil(pace.rest) });
  }

  private async runBatches(tenantId: TenantId): Promise<void> {
    const { db } = this.options;
    const end = performance.now() + turn;
    let more = false;
    for (const id of inTurn(await findDueBatches(db.pool, tenantId, await db.now()), this.lastBatches.get(tenantId))) {
      if (performance.now() > end) return;
      this.lastBatches.set(tenantId, id);
      if (await runBatch(db, tenantId, id, await db.now())) more = true;
    }
    // What is due all the same is in somebody else's hands: they rest between their steps, and these rests are for others than us.
    if (!more) this.spared.set(`batches ${tenantId}`, true, { ttl: whileOthersAre });
  }
}

/** Beginning with the one after the last that had its turn. */
function inTurn(ids: string[], last: string | undefined): string[] {
  const next = ids.indexOf(last ?? "") + 1;
  return [...ids.slice(next), ...ids.slice(0, next)];
}
