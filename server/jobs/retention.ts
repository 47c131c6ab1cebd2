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
  const at = (ms: number) => new Date(now - ms);
  const cutKeys = (tenantId: TenantId) => inSteps(() => retainKeys(pool, tenantId, at(keysKeptFor), step));
  // The installation's own calls have keys too, but no log.
  gone.keys += await cutKeys(mintTenantId(installationId));
  await inSteps(() => retainSessions(db, at(0), step));
  const faults: unknown[] = [];
  for (const { tenantId } of await readHeads(pool)) {
    try {
      gone.keys += await cutKeys(tenantId);
      if (await purge(pool, tenantId)) continue;
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
      // What was to be sent of events that are kept no more.
      await inSteps(() => retainWebhooks(pool, tenantId, at(eventDays * day), step));
      gone.events += await inSteps(() => retainEvents(pool, tenantId, at(eventDays * day), step));
    } catch (error) {
      faults.push(error); // one tenant's trouble is not the others'
    }
  }
  if (faults.length > 0) throw new AggregateError(faults, `retention failed for ${faults.length} tenants`);
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

/** Takes out everything of a tenant whose time has come, in steps; false when it has not. */
async function purge(pool: Pool, tenantId: TenantId): Promise<boolean> {
  for (let purged = false; ; purged = true) if ((await purgeTenant(pool, tenantId, step)) === 0) return purged;
}
