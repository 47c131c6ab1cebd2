import type { Pool } from "pg";
import { installationId } from "../auth/api-key.ts";
import { mintTenantId, type TenantId } from "../auth/principal.ts";
import { readHeads } from "../log/store.ts";
import { retainEvents, retainKeys } from "./store.ts";

const day = 24 * 60 * 60 * 1000;
/** Messages stay; only the log that clients resume from is cut. */
export const eventsKeptFor = 14 * day;
const keysKeptFor = day;
/** Events a step: the tenant's head is held for as long as a step takes. */
const step = 2000;

/** Cuts every tenant's log to its retention, and lets idempotency keys go after a day. */
export async function runRetention(pool: Pool, now: number = Date.now()): Promise<{ events: number; keys: number }> {
  const gone = { events: 0, keys: 0 };
  const keysBefore = new Date(now - keysKeptFor);
  // The installation's own calls have keys too, but no log.
  gone.keys += await retainKeys(pool, mintTenantId(installationId), keysBefore);
  const faults: unknown[] = [];
  for (const { tenantId } of await readHeads(pool)) {
    try {
      gone.keys += await retainKeys(pool, tenantId, keysBefore);
      gone.events += await cutLog(pool, tenantId, new Date(now - eventsKeptFor));
    } catch (error) {
      faults.push(error); // one tenant's trouble is not the others'
    }
  }
  if (faults.length > 0) throw new AggregateError(faults, `retention failed for ${faults.length} tenants`);
  return gone;
}

async function cutLog(pool: Pool, tenantId: TenantId, before: Date): Promise<number> {
  for (let gone = 0; ; ) {
    const some = await retainEvents(pool, tenantId, before, step);
    gone += some;
    if (some < step) return gone;
  }
}
