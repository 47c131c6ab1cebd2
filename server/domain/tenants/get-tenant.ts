import { z } from "zod";
import { query } from "../../operation.ts";
import { presentTenant, tenantSchema } from "./schema.ts";
import { getTenant as loadTenant } from "./store.ts";

export const getTenant = query({
  name: "tenants.get",
  summary: "Your tenant and its settings",
  http: { method: "GET", path: "/admin/tenant" },
  access: { caller: "admin", scope: "admin" },
  input: z.object({}),
  output: tenantSchema,
  async handle(ctx) {
    return presentTenant(await loadTenant(ctx.services.db, ctx.tenantId));
  },
});
