import { z } from "zod";
import { mintTenantId } from "../../auth/principal.ts";
import { mutation } from "../../operation.ts";
import { asTenant } from "../../persistence/prisma.ts";
import { workOf } from "../../persistence/unit-of-work.ts";
import { insertTenant, newTenantInput } from "./make-tenant.ts";

export const createTenant = mutation({
  name: "installation.createTenant",
  summary: "Make a tenant; with the installation's key, which is derived from AUTH_SECRET",
  http: { method: "POST", path: "/installation/tenants", root: true, status: 201 },
  access: { caller: "installation" },
  input: z.object(newTenantInput),
  output: z
    .object({
      tenantId: z.string(),
      primaryKey: z.string().describe("Shown once"),
      secondaryKey: z.string().describe("Shown once"),
    })
    .meta({ id: "NewTenant" }),
  errors: ["unauthenticated", "forbidden", "conflict"],
  secretAnswer: true,
  async handle(ctx, tenant) {
    const { live, settings } = ctx.services;
    // The idempotency key is the installation's, the rows are the new tenant's.
    const made = await workOf(ctx, ({ tx }) =>
      asTenant(tx, mintTenantId(tenant.id), ctx.tenantId, () => insertTenant(tx, settings.authSecret, tenant)),
    );
    live.recheck(mintTenantId(tenant.id));
    return made;
  },
});
