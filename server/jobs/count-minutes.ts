import type { TenantId } from "../auth/principal.ts";
import { countMinutes } from "../domain/metrics/store.ts";
import { claimCursor, moveCursor } from "../log/planner-store.ts";
import { findBehind } from "../log/store.ts";
import type { Database } from "../persistence/database.ts";
import { tenantTransaction } from "../persistence/prisma.ts";

const consumer = "minutes";
/** Positions a transaction. */
const window = 50_000;

/**
 * Counts what every log has grown by since the last count; of those that did not grow none is touched. Counts and cursor commit together,
 * so that an event is in the figures once, however often a worker dies at it. Throws when it failed for some tenants, after it has been
 * through all of them.
 */
export async function countLogs(db: Database): Promise<void> {
  const faults: unknown[] = [];
  for (const tenantId of await findBehind(db.pool, [consumer]))
    try {
      while (await countPart(db, tenantId));
    } catch (error) {
      faults.push(error);
    }
  if (faults.length > 0) throw new AggregateError(faults, `counting failed for ${faults.length} tenants`);
}

/** False when there is nothing more to count now, or somebody else is at it. */
function countPart(db: Database, tenantId: TenantId): Promise<boolean> {
  return tenantTransaction(db.prisma, tenantId, async (tx) => {
    const cursor = await claimCursor(tx, tenantId, consumer);
    if (!cursor || cursor.position >= cursor.head) return false;
    const upto = Math.min(cursor.head, cursor.position + window);
    await countMinutes(tx, tenantId, { after: cursor.position, upto });
    await moveCursor(tx, tenantId, consumer, { position: upto, recipient: null });
    return upto < cursor.head;
  });
}
