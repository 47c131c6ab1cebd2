import type { TenantId } from "../auth/principal.ts";
import type { Database } from "../persistence/database.ts";
import { type TenantTransaction, tenantTransaction } from "../persistence/prisma.ts";

/** How many pages of a table and its indexes something reads, with plans known from a first time. */
export async function pagesRead(
  db: Database,
  tenantId: TenantId,
  table: string,
  read: (tx: TenantTransaction) => Promise<unknown>,
): Promise<number> {
  return await tenantTransaction(db.prisma, tenantId, async (tx) => {
    await read(tx);
    const before = await pagesSoFar(tx, table);
    await read(tx);
    return (await pagesSoFar(tx, table)) - before;
  });
}

async function pagesSoFar(tx: TenantTransaction, table: string): Promise<number> {
  const [row] = await tx.$queryRaw<{ pages: number }[]>`
    select sum(pg_stat_get_xact_blocks_fetched(c.oid))::int as pages from pg_class c
    where c.oid = ${table}::regclass or c.oid in (select i.indexrelid from pg_index i where i.indrelid = ${table}::regclass)`;
  return row?.pages ?? 0;
}
