import type { TenantId } from "../../auth/principal.ts";
import type { Database } from "../../persistence/database.ts";
import { tenantTransaction } from "../../persistence/prisma.ts";
import { tenantSettingsSchema } from "../tenants/schema.ts";
import { getTenant } from "../tenants/store.ts";
import { judgeSomeAnew, type Reader } from "./store.ts";

const readersAStep = 500;

/**
 * After a tenant changed its quiet hours, its digests or its time zone: what is held for anybody is judged by what they are now. In steps
 * of a commit each; done again from the start by another worker when this one dies.
 */
export async function judgeAnew(db: Database, tenantId: TenantId, { now }: { now: Date }): Promise<void> {
  const { notifications } = tenantSettingsSchema.parse((await getTenant(db, tenantId)).settings);
  const noDigest = notifications.digest.every === "off";
  let after: Reader | undefined = { userId: "", address: "" };
  while (after !== undefined) {
    const range: { now: Date; after: Reader; limit: number; noDigest: boolean } = {
      now,
      after,
      limit: readersAStep,
      noDigest,
    };
    after = await tenantTransaction(db.prisma, tenantId, (tx) => judgeSomeAnew(tx, tenantId, range));
  }
}
