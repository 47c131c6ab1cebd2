import type { TenantId } from "../../auth/principal.ts";
import type { Database } from "../../persistence/database.ts";

/** Those of the users who share a chat with the caller, or are the caller: nobody else's presence is shown. */
export async function filterAcquainted(
  db: Database,
  tenantId: TenantId,
  userId: string,
  wanted: string[],
): Promise<string[]> {
  // Hand-written SQL: stops at the first shared chat of each, where a relation filter would join all of them.
  const rows = await db.forTenant(tenantId).$queryRaw<{ id: string }[]>`
    select w.id from unnest(${wanted}::text[]) as w(id) where w.id = ${userId} or exists (
      select 1 from members a join members b on b.tenant_id = a.tenant_id and b.chat_id = a.chat_id and b.user_id = w.id
      where a.tenant_id = ${tenantId} and a.user_id = ${userId})`;
  return rows.map((row) => row.id);
}
