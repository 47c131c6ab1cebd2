import type { TenantId } from "../../auth/principal.ts";
import type { Database } from "../../persistence/database.ts";
import { tenantTransaction } from "../../persistence/prisma.ts";
import { tenantSettingsSchema } from "../tenants/schema.ts";
import { judgeSomeAnew, type Reader } from "./store.ts";

const readersAStep = 500;

/**
 * After a tenant changed its quiet hours, its digests or its time zone: what is held for anybody is judged by what they are now. In steps
 * of a commit each, by what the settings are at that step; done again from the start by another worker when this one dies.
 */
export async function judgeAnew(
  db: Database,
  tenantId: TenantId,
  { now, limit = readersAStep }: { now: Date; limit?: number },
): Promise<void> {
  let after: Reader | undefined = { userId: "", address: "" };
  while (after !== undefined) {
    const range: { now: Date; after: Reader; limit: number } = { now, after, limit };
    after = await tenantTransaction(db.prisma, tenantId, async (tx) => {
      const { settings } = await tx.tenant.findUniqueOrThrow({ where: { id: tenantId } });
      const noDigest = tenantSettingsSchema.parse(settings).notifications.digest.every === "off";
      return judgeSomeAnew(tx, tenantId, { ...range, noDigest });
    });
  }
}
