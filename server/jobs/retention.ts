import type { Pool } from "pg";
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
/** Events a step: the tenant's head is held for as long as a step takes. */
const step = 2000;

/** Cuts every tenant's log, calls and audit log to the days that the tenant has set, lets idempotency keys go after a day, and sessions and invitations when they have run out. Messages stay. */
export async function runRetention(db: Database, now: number = Date.now()): Promise<{ events: number; keys: number }> {
  const { pool } = db;
  const gone = { events: 0, keys: 0 };
  const keysBefore = new Date(now - keysKeptFor);
  // The installation's own calls have keys too, but no log.
  gone.keys += await cutKeys(pool, mintTenantId(installationId), keysBefore);
  while ((await retainSessions(db, new Date(now), step)) === step);
  const faults: unknown[] = [];
  for (const { tenantId } of await readHeads(pool)) {
    try {
      gone.keys += await cutKeys(pool, tenantId, keysBefore);
      if (await purge(pool, tenantId)) continue;
      await tidyChannels(pool, tenantId, now);
      await dropDeadConnections(pool, tenantId);
      await tidyTasks(db, tenantId, now);
      while ((await retainInvitations(db, tenantId, new Date(now), step)) === step);
      await tidyMail(pool, tenantId, now);
      await tidyNotifications(pool, tenantId, now);
      const { eventDays, requestDays, auditDays } = await daysOf(db, tenantId);
      while ((await retainEntries(db, tenantId, new Date(now - auditDays * day), step)) === step);
      await cutRequests(db, tenantId, now - requestDays * day);
      const before = new Date(now - eventDays * day);
      while ((await retainMinutes(pool, tenantId, new Date(now - minutesKeptFor), step)) === step);
      await cutWebhooks(pool, tenantId, before);
      gone.events += await cutLog(pool, tenantId, before);
    } catch (error) {
      faults.push(error); // one tenant's trouble is not the others'
    }
  }
  if (faults.length > 0) throw new AggregateError(faults, `retention failed for ${faults.length} tenants`);
  return gone;
}

async function cutKeys(pool: Pool, tenantId: TenantId, before: Date): Promise<number> {
  for (let gone = 0; ; ) {
    const some = await retainKeys(pool, tenantId, before, step);
    gone += some;
    if (some < step) return gone;
  }
}

async function daysOf(db: Database, tenantId: TenantId): Promise<TenantSettings["retention"]> {
  const { settings } = await getTenant(db, tenantId);
  return tenantSettingsSchema.parse(settings).retention;
}

async function cutRequests(db: Database, tenantId: TenantId, before: number): Promise<void> {
  while ((await removeRequests(db, tenantId, before, step)) === step);
}

/** Of channels without a listener on any node nobody else takes care. */
async function tidyChannels(pool: Pool, tenantId: TenantId, now: number): Promise<void> {
  await dropDeadChannels(pool, tenantId);
  await retainChannels(pool, tenantId, {
    cached: new Date(now - channelsKeptFor),
    noted: new Date(now - channelsKeptFor),
  });
}

/** Takes out everything of a tenant whose time has come, in steps; false when it has not. */
async function purge(pool: Pool, tenantId: TenantId): Promise<boolean> {
  for (let purged = false; ; purged = true) if ((await purgeTenant(pool, tenantId, step)) === 0) return purged;
}

async function tidyMail(pool: Pool, tenantId: TenantId, now: number): Promise<void> {
  const before = { caught: new Date(now - caughtKeptFor), settled: new Date(now - decisionsKeptFor), limit: step };
  while ((await retainMail(pool, tenantId, before)) >= step);
}

async function tidyTasks(db: Database, tenantId: TenantId, now: number): Promise<void> {
  const before = new Date(now - keptForDays * day);
  while ((await retainTasks(db, tenantId, before, step)) === step);
}

/** What was to be sent of events that are kept no more. */
async function cutWebhooks(pool: Pool, tenantId: TenantId, before: Date): Promise<void> {
  while ((await retainWebhooks(pool, tenantId, before, step)) === step);
}

async function tidyNotifications(pool: Pool, tenantId: TenantId, now: number): Promise<void> {
  const before = new Date(now - cancelledKeptFor);
  while ((await retainNotifications(pool, tenantId, before, step)) >= step);
}

async function cutLog(pool: Pool, tenantId: TenantId, before: Date): Promise<number> {
  for (let gone = 0; ; ) {
    const some = await retainEvents(pool, tenantId, before, step);
    gone += some;
    if (some < step) return gone;
  }
}
