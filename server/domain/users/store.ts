import type { TenantId } from "../../auth/principal.ts";
import type { TenantTransaction } from "../../persistence/prisma.ts";

/** A user is known from the moment something names it; the profile may come later or never. */
export async function ensureUser(tx: TenantTransaction, tenantId: TenantId, userId: string): Promise<void> {
  await tx.user.createMany({ data: [{ tenantId, id: userId }], skipDuplicates: true });
}
