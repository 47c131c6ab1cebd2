import type { TenantId } from "../../auth/principal.ts";
import { DomainError } from "../../errors.ts";
import type { Span } from "../../persistence/cursor-form.ts";
import type { Database } from "../../persistence/database.ts";
import type { Prisma, Suppression } from "../../persistence/generated/client.ts";
import { literally } from "../../persistence/like.ts";
import type { TenantTransaction } from "../../persistence/prisma.ts";
import { byTime, type TimeCursor } from "../../persistence/time-cursor.ts";
import type { SuppressionReason } from "./schema.ts";

/** How many addresses get no mail; of all, or of those with some text in them. */
export function countSuppressions(db: Database, tenantId: TenantId, search?: string): Promise<number> {
  return db.forTenant(tenantId).suppression.count({ where: { tenantId, ...matching(search) } });
}

/** Those addresses, the newest first; the id of a place is an address. */
export async function listSuppressionsBetween(
  db: Database,
  tenantId: TenantId,
  span: Span<TimeCursor>,
  search?: string,
): Promise<Suppression[]> {
  const { bounds, arrange, ...part } = byTime(span, { at: "createdAt", id: "address" });
  const where = { tenantId, ...matching(search), AND: bounds };
  return arrange(await db.forTenant(tenantId).suppression.findMany({ where, ...part }));
}

function matching(search: string | undefined): Prisma.SuppressionWhereInput {
  return search === undefined ? {} : { address: { contains: literally(search.toLowerCase()) } };
}

/** Lists an address, in lower case; one that is listed stays as it is. */
export async function suppress(
  tx: TenantTransaction,
  tenantId: TenantId,
  entry: { address: string; reason: SuppressionReason; detail?: string | undefined },
): Promise<Suppression> {
  const { reason, detail } = entry;
  const address = entry.address.toLowerCase();
  return await tx.suppression.upsert({
    where: { tenantId_address: { tenantId, address } },
    create: { tenantId, address, reason, detail: detail ?? null },
    // Changes nothing, and makes it one statement, which finds its row even while another call lifts it.
    update: { address },
  });
}

/** Throws not_found. */
export async function liftSuppression(tx: TenantTransaction, tenantId: TenantId, address: string): Promise<void> {
  const { count } = await tx.suppression.deleteMany({ where: { tenantId, address: address.toLowerCase() } });
  if (count === 0) throw new DomainError("not_found");
}
