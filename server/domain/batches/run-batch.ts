import type { TenantId } from "../../auth/principal.ts";
import type { LogEvent } from "../../events.ts";
import { newId } from "../../ids.ts";
import type { Database } from "../../persistence/database.ts";
import { tenantTransaction } from "../../persistence/prisma.ts";
import { maxEventsAStep, unitOfWork } from "../../persistence/unit-of-work.ts";
import { readSendRules } from "../notifications/due-store.ts";
import type { Content } from "../notifications/lane-store.ts";
import { isFiled, localInstant } from "../notifications/policy.ts";
import { findZones } from "../notifications/store.ts";
import { type Batch, claimBatch, insertStep, nextRecipients, noteFailure, noteStep, type StepRow } from "./store.ts";

const maxAttempts = 10;
const longestWait = 60_000;

/**
 * One step of a send to many: the next recipients' notifications and how far it is, in one commit. Any number of processes may do it at
 * once and any may die: the batch's row is locked for the step, and what was not committed is done again. Returns whether there is more.
 * A step that fails is noted, and comes again.
 */
export async function runBatch(
  db: Database,
  tenantId: TenantId,
  id: string,
  now: number,
  limit = maxEventsAStep,
): Promise<boolean> {
  const events: LogEvent[] = [];
  let attempts = 0;
  try {
    const more = await tenantTransaction(db.prisma, tenantId, async (tx) => {
      const batch = await claimBatch(tx, tenantId, id);
      if (!batch?.dueAt || batch.dueAt.getTime() > now) return false;
      attempts = batch.attempts;
      const users = await nextRecipients(tx, tenantId, batch, limit);
      if (users.length > 0 && !hasExpired(batch, now)) {
        const rows = await toRows(db, tx, tenantId, batch, users);
        events.push(...(await insertStep(tx, tenantId, batch, rows, new Date(now))));
      }
      const done = batch.done + users.length;
      const finished = batch.audience === "users" ? done >= batch.total : users.length < limit;
      await noteStep(tx, tenantId, id, { done, cursor: users.at(-1), finished, now: new Date(now) });
      return !finished;
    });
    if (events.length > 0) db.committed(tenantId, events);
    return more;
  } catch (error) {
    await postpone(db, tenantId, id, { error, attempts: attempts + 1, now });
    throw error;
  }
}

function hasExpired({ content }: Batch, now: number): boolean {
  const { expiresAt } = content as unknown as Content;
  return expiresAt !== undefined && Date.parse(expiresAt) <= now;
}

async function toRows(
  db: Database,
  tx: Parameters<typeof findZones>[0],
  tenantId: TenantId,
  batch: Batch,
  users: string[],
): Promise<StepRow[]> {
  const { type } = batch.content as unknown as Content;
  const rules = await readSendRules(db.pool, tenantId, type, users);
  const local = batch.scheduledLocal;
  const zones = local === null ? undefined : await findZones(tx, tenantId, users);
  return users.map((userId) => ({
    id: newId(),
    userId,
    filed: isFiled(rules, userId),
    scheduledFor:
      local === null || !zones ? batch.scheduledFor?.toISOString() : localInstant(local, zones(userId)).toISOString(),
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
