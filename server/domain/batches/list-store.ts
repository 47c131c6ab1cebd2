import type { Pool } from "pg";
import type { TenantId } from "../../auth/principal.ts";
import { byId, type Span } from "../../persistence/cursor-form.ts";
import type { Database } from "../../persistence/database.ts";
import type { Page } from "../../persistence/paging.ts";
import { type Batch, shown } from "./store.ts";

/** Newest first, by their id, which holds the time they were made. */
export async function listBatchesBetween(
  db: Database,
  tenantId: TenantId,
  { status, offset = 0, ...span }: Span<string> & { status: string | undefined; offset?: number },
): Promise<Batch[]> {
  const { id, order, take, arrange } = byId(span);
  const rows = await db.forTenant(tenantId).notificationBatch.findMany({
    where: { tenantId, id, ...(status === undefined ? {} : { status }) },
    orderBy: { id: order },
    skip: offset,
    take,
    ...shown,
  });
  return arrange(rows);
}

export async function pageBatches(
  db: Database,
  tenantId: TenantId,
  status: string | undefined,
  page: Page,
): Promise<{ rows: Batch[]; total: number }> {
  const where = { tenantId, ...(status === undefined ? {} : { status }) };
  const [rows, total] = await Promise.all([
    listBatchesBetween(db, tenantId, { status, offset: page.offset, limit: page.pageSize }),
    db.forTenant(tenantId).notificationBatch.count({ where }),
  ]);
  return { rows, total };
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
