import { expect, test } from "vitest";
import { mintTenantId } from "../../server/auth/principal.ts";
import { createTenant } from "../../server/domain/tenants/make-tenant.ts";
import { startStack, testSecret } from "../../server/testing/stack.ts";

test("an id that somebody else's tenant has is said in one line, and nothing is made", async () => {
  const other = await startStack({ seed: "demo" });
  try {
    const { db } = other.api.services;
    await createTenant(db, testSecret, { id: "harbour", name: "Not ours" });
    await expect(other.api.seed()).rejects.toThrow(/^SEED=demo needs the tenant id harbour/);
    expect(await db.forTenant(mintTenantId("demo")).tenant.count()).toBe(0);
    await createTenant(db, testSecret, { id: "demo", name: "Not ours either" });
    await expect(other.api.seed()).rejects.toThrow(/^SEED=demo needs the tenant id demo/);
  } finally {
    await other.close();
  }
});
