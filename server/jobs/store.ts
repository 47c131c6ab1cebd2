import type { Pool } from "pg";
import type { TenantId } from "../auth/principal.ts";

// Hand-written SQL: one statement deletes thousands of rows and raises the log's floor with them.

/** Takes out up to `limit` events older than `before`, oldest first; returns how many went. */
export async function retainEvents(pool: Pool, tenantId: TenantId, before: Date, limit: number): Promise<number> {
  const { rows } = await pool.query<{ gone: number }>("select retain_events_v1($1, $2, $3) as gone", [
    tenantId,
    before,
    limit,
  ]);
  return rows[0]?.gone ?? 0;
}

/** Takes out idempotency keys made before; returns how many went. */
export async function retainKeys(pool: Pool, tenantId: TenantId, before: Date): Promise<number> {
  const { rows } = await pool.query<{ gone: number }>("select retain_keys_v1($1, $2) as gone", [tenantId, before]);
  return rows[0]?.gone ?? 0;
}
