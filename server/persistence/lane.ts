import { setTimeout as sleep } from "node:timers/promises";
import type { Pool, PoolClient } from "pg";
import type { TenantId } from "../auth/principal.ts";
import { DomainError } from "../errors.ts";
import type { LogEvent } from "../events.ts";
import { isConnectionLoss, isDeadlock, isShortage } from "./faults.ts";

/** What one flush of a kind did: an answer or an error for each input, and the events it appended, in order. */
export interface Flushed<R> {
  results: (R | DomainError)[];
  events: LogEvent[];
}

/** A frequent small write that is committed in groups. */
export interface LaneKind<I, R> {
  name: string;
  /** Bytes of an input, about. */
  size(input: I): number;
  /** One statement, one commit. Nothing an input says may abort it. */
  flush(client: PoolClient, tenantId: TenantId, inputs: I[]): Promise<Flushed<R>>;
  /** After a lost connection: what of these was committed after all; undefined where it was not. */
  settle?(pool: Pool, tenantId: TenantId, inputs: I[]): Promise<(R | undefined)[]>;
}

interface Entry {
  kind: LaneKind<unknown, unknown>;
  input: unknown;
  size: number;
  since: number;
  resolve(result: unknown): void;
  reject(error: Error): void;
}

interface Lane {
  tenantId: TenantId;
  queue: Entry[];
  /** Nothing to do; in line for a flush; in one. */
  state: "idle" | "ready" | "busy";
}

export interface LaneLimits {
  /** Flushes at once over all tenants. */
  flushes: number;
  batchInputs: number;
  batchBytes: number;
  laneInputs: number;
  /** An input that waited longer is refused, in ms. */
  laneAge: number;
  /** How long a flush whose connection died is looked for, in ms. */
  settleFor: number;
}

const defaults: LaneLimits = {
  flushes: 8,
  batchInputs: 512,
  batchBytes: 1024 * 1024,
  laneInputs: 2000,
  laneAge: 2000,
  settleFor: 5000,
};

/**
 * Group commit, a lane a tenant. A lane has at most one flush in flight; what arrives meanwhile is the next batch. Ready lanes are
 * served in turn over a bounded pool, so a flooded tenant fills its own lane only. A batch holds one tenant and one kind.
 */
export class Lanes {
  private readonly lanes = new Map<TenantId, Lane>();
  private readonly ready: Lane[] = [];
  private readonly limits: LaneLimits;
  private running = 0;
  private scheduled = false;
  private watch: NodeJS.Timeout | undefined;
  private idle: (() => void)[] = [];
  private readonly pool: Pool;
  private readonly onCommit: (tenantId: TenantId, events: LogEvent[]) => void;

  constructor(
    pool: Pool,
    onCommit: (tenantId: TenantId, events: LogEvent[]) => void,
    limits: Partial<LaneLimits> = {},
  ) {
    this.pool = pool;
    this.onCommit = onCommit;
    this.limits = { ...defaults, ...limits };
  }

  /** Puts an input into its tenant's lane. Throws `unavailable` when the lane is full or slow, `outcome-unknown` when the commit's fate is. */
  submit<I, R>(kind: LaneKind<I, R>, tenantId: TenantId, input: I): Promise<R> {
    const lane = this.laneOf(tenantId);
    if (lane.queue.length >= this.limits.laneInputs) return Promise.reject(tooBusy());
    return new Promise<R>((resolve, reject) => {
      lane.queue.push({
        kind: kind as LaneKind<unknown, unknown>,
        input,
        size: kind.size(input),
        since: performance.now(),
        resolve: resolve as (result: unknown) => void,
        reject,
      });
      if (lane.state === "idle") this.line(lane);
      this.watch ??= setInterval(() => this.expire(), this.limits.laneAge / 4).unref();
      this.schedule();
    });
  }

  /** Resolves when nothing is queued or in flight. */
  async drain(): Promise<void> {
    if (this.lanes.size === 0 && this.running === 0) return;
    await new Promise<void>((resolve) => this.idle.push(resolve));
  }

  private laneOf(tenantId: TenantId): Lane {
    let lane = this.lanes.get(tenantId);
    if (!lane) {
      lane = { tenantId, queue: [], state: "idle" };
      this.lanes.set(tenantId, lane);
    }
    return lane;
  }

  /** Once a turn of the event loop, so that calls read in the same turn share a commit. */
  private schedule(): void {
    if (this.scheduled) return;
    this.scheduled = true;
    setImmediate(() => {
      this.scheduled = false;
      this.serve();
    });
  }

  private serve(): void {
    while (this.running < this.limits.flushes) {
      const lane = this.ready.shift();
      if (!lane) return;
      const batch = this.take(lane);
      if (batch.length === 0) {
        this.release(lane);
        continue;
      }
      lane.state = "busy";
      this.running++;
      void this.run(lane.tenantId, batch).finally(() => {
        this.running--;
        this.release(lane);
        this.schedule();
      });
    }
  }

  private line(lane: Lane): void {
    lane.state = "ready";
    this.ready.push(lane);
  }

  private release(lane: Lane): void {
    if (lane.queue.length > 0) this.line(lane);
    else this.lanes.delete(lane.tenantId);
    if (this.lanes.size === 0 && this.running === 0) for (const done of this.idle.splice(0)) done();
  }

  /** Refuses what waits too long, also while every flush that may run hangs. */
  private expire(): void {
    for (const lane of this.lanes.values()) this.refuseOld(lane);
    if (this.lanes.size > 0) return;
    clearInterval(this.watch);
    this.watch = undefined;
  }

  private refuseOld(lane: Lane): void {
    const oldest = performance.now() - this.limits.laneAge;
    const fresh = lane.queue.findIndex((entry) => entry.since >= oldest);
    const old = fresh < 0 ? lane.queue.length : fresh;
    if (old > 0) refuse(lane.queue.splice(0, old), tooBusy());
  }

  /** The oldest input's kind, as many of it in order as fit. */
  private take(lane: Lane): Entry[] {
    this.refuseOld(lane);
    const kind = lane.queue[0]?.kind;
    const batch: Entry[] = [];
    const rest: Entry[] = [];
    let bytes = 0;
    let full = false;
    for (const entry of lane.queue) {
      if (entry.kind !== kind) rest.push(entry);
      else {
        full ||= batch.length >= this.limits.batchInputs || (bytes > 0 && bytes + entry.size > this.limits.batchBytes);
        if (!full) bytes += entry.size;
        (full ? rest : batch).push(entry);
      }
    }
    lane.queue = rest;
    return batch;
  }

  /** Never rejects: every entry is answered. */
  private async run(tenantId: TenantId, batch: Entry[], retries = 3): Promise<void> {
    let client: PoolClient;
    try {
      client = await this.pool.connect();
    } catch (error) {
      return refuse(batch, unavailable(error));
    }
    let flushed: Flushed<unknown>;
    try {
      const inputs = batch.map((entry) => entry.input);
      flushed = await first(batch).kind.flush(client, tenantId, inputs);
    } catch (error) {
      client.release(error instanceof Error ? error : true);
      return this.failed(tenantId, batch, error, retries);
    }
    client.release();
    if (flushed.events.length > 0) this.onCommit(tenantId, flushed.events);
    answer(batch, flushed.results);
  }

  private async failed(tenantId: TenantId, batch: Entry[], error: unknown, retries: number): Promise<void> {
    if (isConnectionLoss(error)) await this.settle(tenantId, batch, error);
    else if (isDeadlock(error) && retries > 0) await this.run(tenantId, batch, retries - 1);
    else if (isShortage(error)) refuse(batch, unavailable(error));
    else await this.split(tenantId, batch, error);
  }

  /** A statement failed as a whole: halve until the guilty input stands alone. Never the same batch twice. */
  private async split(tenantId: TenantId, batch: Entry[], error: unknown): Promise<void> {
    if (batch.length === 1) {
      first(batch).reject(error instanceof Error ? error : new Error(String(error)));
      return;
    }
    const middle = batch.length >> 1;
    await this.run(tenantId, batch.slice(0, middle));
    await this.run(tenantId, batch.slice(middle));
  }

  /**
   * The connection died in flight: look for what was committed, never send it again. What is not there may still be on its way
   * in a server process that has not noticed, so it is not called "not stored".
   */
  private async settle(tenantId: TenantId, batch: Entry[], error: unknown): Promise<void> {
    const kind = first(batch).kind;
    const until = performance.now() + this.limits.settleFor;
    while (kind.settle && performance.now() < until) {
      try {
        const inputs = batch.map((entry) => entry.input);
        const late = sleep(until - performance.now(), undefined, { ref: false });
        const found = await Promise.race([kind.settle(this.pool, tenantId, inputs), late]);
        if (!found) break;
        batch.forEach((entry, index) => {
          const result = found[index];
          if (result === undefined) entry.reject(unknownOutcome(error));
          else entry.resolve(result);
        });
        return;
      } catch (again) {
        if (!isConnectionLoss(again)) break;
        await sleep(100);
      }
    }
    refuse(batch, unknownOutcome(error));
  }
}

function refuse(batch: Entry[], error: Error): void {
  for (const entry of batch) entry.reject(error);
}

function answer(batch: Entry[], results: unknown[]): void {
  batch.forEach((entry, index) => {
    const result = results[index];
    if (result instanceof DomainError) entry.reject(result);
    else if (result === undefined) entry.reject(new Error(`${entry.kind.name} gave no answer to an input`));
    else entry.resolve(result);
  });
}

function first(batch: Entry[]): Entry {
  const entry = batch[0];
  if (!entry) throw new Error("an empty batch");
  return entry;
}

function tooBusy(): DomainError {
  return new DomainError("unavailable", { detail: "Too many changes are waiting for this tenant", retryAfter: 1 });
}

function unavailable(error: unknown): DomainError {
  return new DomainError("unavailable", { retryAfter: 1, internal: error });
}

function unknownOutcome(error: unknown): DomainError {
  return new DomainError("outcome-unknown", { retryAfter: 1, internal: error });
}
