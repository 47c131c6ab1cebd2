import { installationId } from "../auth/api-key.ts";
import { mintTenantId, type TenantId } from "../auth/principal.ts";
import { retainEntries } from "../domain/audit/store.ts";
import { minutesKeptFor } from "../domain/metrics/schema.ts";
import { retainMinutes } from "../domain/metrics/store.ts";
import { retainInvitations } from "../domain/operators/store.ts";
import { retainSessions } from "../domain/persons/store.ts";
import { removeRequests } from "../domain/requests/store.ts";
import { keptForDays } from "../domain/tasks/schema.ts";
import { retainTasks } from "../domain/tasks/store.ts";
import { type TenantSettings, tenantSettingsSchema } from "../domain/tenants/schema.ts";
import { getTenant } from "../domain/tenants/store.ts";
import { readHeads } from "../log/store.ts";
import type { Database } from "../persistence/database.ts";
import { retainJobs } from "../persistence/jobs.ts";
import { dropDeadChannels } from "../realtime/channel-store.ts";
import { dropDeadConnections } from "../realtime/connection-store.ts";
import {
  purgeTenant,
  retainChannels,
  retainEvents,
  retainKeys,
  retainMail,
  retainNotifications,
  retainWebhooks,
} from "./store.ts";

const day = 24 * 60 * 60 * 1000;
const keysKeptFor = day;
/** Longer than the last event of a cache channel is good for, and than a webhook is tried. */
const channelsKeptFor = 60 * 60 * 1000;
/** What a mail said, while there is no server to send it. */
export const caughtKeptFor = 7 * day;
/** Why something did or did not arrive. */
export const decisionsKeptFor = 90 * day;
/** What was cancelled before anybody saw it, and how sends to many went. */
export const cancelledKeptFor = 90 * day;
/** Jobs that were given up; and of these so many of a tenant and task: a webhook that answers nobody makes one for each event. */
const deadJobsKeptFor = 14 * day;
const deadJobsKept = 10_000;
/** Events a step: the tenant's head is held for as long as a step takes. */
const step = 2000;
/** ms a run for tenants that were deleted: the next run waits for this one. */
const purgesFor = 60_000;

/**
 * Cuts every tenant's log, calls and audit log to the days that the tenant has set, lets idempotency keys go after a day, and sessions,
 * invitations and jobs that were given up when their time is over. Messages stay. Takes out tenants that were deleted, after all others.
 * @param purging how long it may take for these, in ms; the next run goes on where it stopped
 */
export async function runRetention(
  db: Database,
  now: number = Date.now(),
  purging = purgesFor,
): Promise<{ events: number; keys: number }> {
  const { pool } = db;
  const gone = { events: 0, keys: 0 };
  const faults: unknown[] = [];
  // One tenant's trouble is not the others'.
  const attempt = (work: () => Promise<unknown>) => work().catch((error) => faults.push(error));
  const cutKeys = (tenantId: TenantId) => inSteps(() => retainKeys(pool, tenantId, new Date(now - keysKeptFor), step));
  // The installation's own calls have keys too, but no log.
  gone.keys += await cutKeys(mintTenantId(installationId));
  await inSteps(() => retainSessions(db, new Date(now), step));
  await attempt(() => inSteps(() => retainJobs(pool, new Date(now - deadJobsKeptFor), deadJobsKept, step)));
  const leaving: TenantId[] = [];
  for (const { tenantId } of await readHeads(pool))
    await attempt(async () => {
      gone.keys += await cutKeys(tenantId);
      if ((await purgeTenant(pool, tenantId, step)) > 0) leaving.push(tenantId);
      else gone.events += await retainTenant(db, tenantId, now);
    });
  const end = performance.now() + purging;
  for (let next = leaving.shift(); next && performance.now() < end; next = leaving.shift()) {
    const tenantId = next;
    await attempt(async () => {
      if ((await purgeTenant(pool, tenantId, step)) > 0) leaving.push(tenantId);
    });
  }
  if (faults.length > 0) throw new AggregateError(faults, `retention failed ${faults.length} times`);
  return gone;
}

/** Returns how many events went. */
async function retainTenant(db: Database, tenantId: TenantId, now: number): Promise<number> {
  const { pool } = db;
  const at = (ms: number) => new Date(now - ms);
  // Of channels without a listener on any node nobody else takes care.
  await dropDeadChannels(pool, tenantId);
  await retainChannels(pool, tenantId, { cached: at(channelsKeptFor), noted: at(channelsKeptFor) });
  await dropDeadConnections(pool, tenantId);
  await inSteps(() => retainTasks(db, tenantId, at(keptForDays * day), step));
  await inSteps(() => retainInvitations(db, tenantId, at(0), step));
  const mail = { caught: at(caughtKeptFor), settled: at(decisionsKeptFor), limit: step };
  await inSteps(() => retainMail(pool, tenantId, mail));
  await inSteps(() => retainNotifications(pool, tenantId, at(cancelledKeptFor), step));
  const { eventDays, requestDays, auditDays } = await daysOf(db, tenantId);
  await inSteps(() => retainEntries(db, tenantId, at(auditDays * day), step));
  await inSteps(() => removeRequests(db, tenantId, now - requestDays * day, step));
  await inSteps(() => retainMinutes(pool, tenantId, at(minutesKeptFor), step));
  const gone = await inSteps(() => retainEvents(pool, tenantId, at(eventDays * day), step));
  // What was to be sent of events that are kept no more.
  await inSteps(() => retainWebhooks(pool, tenantId, at(eventDays * day), step));
  return gone;
}

/** Takes out a step at a time until one was not full; returns how much went. */
async function inSteps(remove: () => Promise<number>): Promise<number> {
  for (let gone = 0; ; ) {
    const some = await remove();
    gone += some;
    if (some < step) return gone;
  }
}

async function daysOf(db: Database, tenantId: TenantId): Promise<TenantSettings["retention"]> {
  const { settings } = await getTenant(db, tenantId);
  return tenantSettingsSchema.parse(settings).retention;
}
