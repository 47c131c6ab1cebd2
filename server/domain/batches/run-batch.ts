import { setImmediate as immediate, setTimeout as sleep } from "node:timers/promises";
import type { TenantId } from "../../auth/principal.ts";
import { newId } from "../../ids.ts";
import type { Database } from "../../persistence/database.ts";
import { Pace } from "../../persistence/pace.ts";
import { unitOfWork } from "../../persistence/unit-of-work.ts";
import { filingOf, localInstant } from "../notifications/policy.ts";
import { findZones } from "../notifications/store.ts";
import { makeStep, noteFailure, type Portion, readPortion, type StepRow } from "./store.ts";

const maxAttempts = 10;
const longestWait = 60_000;

/** Recipients that are read at a time: all that a call may name. */
const recipientsARun = 10_000;
/** A run reads no more after so many ms, or while somebody else writes begins no further step: then other sends of the tenant have their turn. */
const turn = 500;

/**
 * One run of a send to many, in small steps of one commit each: notifications, events, and how far it is. Any number of processes may do
 * it at once and any may die: a step is made only from where the batch is, and what was not committed is done again. Returns whether
 * there is more. A run that fails is noted, and comes again.
 */
export async function runBatch(
  db: Database,
  tenantId: TenantId,
  id: string,
  now: number,
  limit = recipientsARun,
): Promise<boolean> {
  let attempts = 0;
  const pace = new Pace();
  const end = performance.now() + turn;
  try {
    for (;;) {
      const portion = await readPortion(db.pool, tenantId, id, limit);
      if (!portion || portion.dueAt.getTime() > now) return false;
      attempts = portion.attempts;
      const rows = await toRows(db, tenantId, portion);
      const more = await runSteps(db, tenantId, { id, portion, rows, now: new Date(now), limit, pace, end });
      if (!more || limit < recipientsARun || !pace.alone || performance.now() > end) return more;
    }
  } catch (error) {
    await postpone(db, tenantId, id, { error, attempts: attempts + 1, now });
    throw error;
  }
}

interface Run {
  id: string;
  portion: Portion;
  rows: Rows;
  now: Date;
  limit: number;
  pace: Pace;
  /** Of the turn, as performance.now() has it */
  end: number;
}

async function runSteps(db: Database, tenantId: TenantId, run: Run): Promise<boolean> {
  const { id, portion, rows, now, limit, pace } = run;
  const { audience, done, total, content, scheduledFor, scheduledLocal } = portion;
  const last = audience === "users" ? done + rows.count >= total : rows.count < limit;
  let at = 0;
  const step = async () => {
    const [from, part] = [at, rows.slice(at, at + pace.size)];
    at += part.length;
    const finished = last && at >= rows.count;
    const started = performance.now();
    const making = makeStep(db.pool, tenantId, id, {
      by: { type: content.type, scheduledFor, scheduledLocal },
      done: done + from,
      passed: part.length,
      cursor: part.at(-1)?.userId,
      finished,
      rows: part,
      now,
    });
    rows.prepare(at + Pace.most); // while Postgres works
    const made = await making;
    return made && { ...made, took: performance.now() - started - made.waited };
  };
  for (let next: ReturnType<typeof step> | undefined = step(); next; ) {
    const made: Awaited<typeof next> = await next;
    if (!made) return false; // another is at it, or it was cancelled or changed
    pace.next(made);
    const more = at < rows.count && (pace.alone || performance.now() < run.end);
    if (more && pace.rest > 0) await sleep(pace.rest);
    next = more ? step() : undefined;
    next?.catch(() => {}); // it is waited for above
    if (made.count === 0) continue;
    await immediate(); // the next step is on its way to Postgres, and this one is told of meanwhile
    db.committed(tenantId, made.toEvents());
  }
  return !last || at < rows.count;
}

/** What is to be stored of a portion's recipients, made little by little, so that Postgres need not wait for all of it. */
class Rows {
  readonly count: number;
  private readonly made: StepRow[] = [];
  private readonly users: string[];
  private readonly toRow: (userId: string) => StepRow;

  constructor(users: string[], toRow: (userId: string) => StepRow) {
    this.count = users.length;
    this.users = users;
    this.toRow = toRow;
  }

  prepare(end: number): void {
    for (const userId of this.users.slice(this.made.length, end)) this.made.push(this.toRow(userId));
  }

  slice(from: number, end: number): StepRow[] {
    this.prepare(end);
    return this.made.slice(from, end);
  }
}

async function toRows(db: Database, tenantId: TenantId, portion: Portion): Promise<Rows> {
  const { users, rules, scheduledFor, scheduledLocal: local } = portion;
  const zones = local === null ? undefined : await findZones(db.forTenant(tenantId), tenantId, users);
  const isFiled = filingOf(rules, portion.content.type);
  return new Rows(users, (userId) => ({
    id: newId(),
    userId,
    filed: isFiled(userId),
    ...(local === null || !zones
      ? { scheduledFor: scheduledFor ?? undefined }
      : { scheduledFor: localInstant(local, zones(userId)), zone: zones(userId) }),
  }));
}

async function postpone(
  db: Database,
  tenantId: TenantId,
  id: string,
  fault: { error: unknown; attempts: number; now: number },
): Promise<void> {
  const { attempts, now } = fault;
  const wait = Math.min(1000 * 2 ** attempts, longestWait);
  const again = attempts >= maxAttempts ? null : new Date(now + wait);
  const error = fault.error instanceof Error ? fault.error.message.slice(0, 500) : String(fault.error);
  await unitOfWork(db, tenantId, (work) =>
    noteFailure(work, tenantId, id, { error, attempts, again, now: new Date(now) }),
  );
}
