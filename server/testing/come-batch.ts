import { setTimeout as sleep } from "node:timers/promises";
import type { TenantId } from "../auth/principal.ts";
import { runBatch } from "../domain/batches/run-batch.ts";
import type { Database } from "../persistence/database.ts";

/**
 * Has a send to many come as far as it does by a time, in ms since 1970. Its first step may still be under way in the api that took it,
 * which nobody else can go on with: that is waited for.
 */
export async function comeBatch(db: Database, tenantId: TenantId, id: string, now: number): Promise<void> {
  const isDue = { tenantId, id, dueAt: { lte: new Date(now) } };
  do {
    while (await runBatch(db, tenantId, id, now));
    await sleep(5);
  } while ((await db.forTenant(tenantId).notificationBatch.count({ where: isDue })) > 0);
}
