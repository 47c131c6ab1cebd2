import type { Pool } from "pg";
import type { TenantId } from "../../auth/principal.ts";
import { DomainError } from "../../errors.ts";
import { byId, type Span } from "../../persistence/cursor-form.ts";
import type { Database } from "../../persistence/database.ts";
import { type Batch, shown } from "./store.ts";

/** Throws `not_found`. */
export async function getBatch(db: Database, tenantId: TenantId, id: string): Promise<Batch> {
  const row = await db
    .forTenant(tenantId)
    .notificationBatch.findUnique({ where: { tenantId_id: { tenantId, id } }, ...shown });
  if (!row) throw new DomainError("not_found");
  return row;
}

/** Newest first, by their id, which holds the time they were made. */
export async function listBatchesBetween(
  db: Database,
  tenantId: TenantId,
  { status, ...span }: Span<string> & { status: string | undefined },
): Promise<Batch[]> {
  const { id, order, arrange, ...part } = byId(span);
  const where = { tenantId, id, status };
  const { notificationBatch } = db.forTenant(tenantId);
  return arrange(await notificationBatch.findMany({ where, orderBy: { id: order }, ...part, ...shown }));
}

export function countBatches(db: Database, tenantId: TenantId, status: string | undefined): Promise<number> {
  return db.forTenant(tenantId).notificationBatch.count({ where: { tenantId, status } });
}

// Hand-written SQL: asked at the beginning of each send, which waits for the answer.

/** Ids of a tenant's batches that are due, at most 20, the longest due first. */
export async function findDueBatches(pool: Pool, tenantId: TenantId, now: number): Promise<string[]> {
  const { rows } = await pool.query<{ id: string }>({
    name: "due_batches_v1",
    text: "select id from due_batches_v1($1, $2, 20) as id",
    values: [tenantId, new Date(now)],
  });
  return rows.map(({ id }) => id);
}
