import { z } from "zod";
import { mutation } from "../../operation.ts";
import { workOf } from "../../persistence/unit-of-work.ts";
import { revokeTenantTokens } from "./store.ts";

export const revokeTokens = mutation({
  name: "tenants.revokeAll",
  summary: "Refuse every token issued so far, whoever issued it; open connections close within 5 s. Keys stay good",
  http: { method: "POST", path: "/admin/tenant/revoke-tokens" },
  access: { caller: "admin", scope: "admin" },
  input: z.object({}),
  output: z.object({ validAfter: z.string().describe("Tokens issued until then are refused") }),
  async handle(ctx) {
    const { live } = ctx.services;
    const revoke = async (validAfter: Promise<Date>) => ({ validAfter: (await validAfter).toISOString() });
    const answer = await workOf(ctx, ({ tx }) => revoke(revokeTenantTokens(tx, ctx.tenantId)));
    live.recheck(ctx.tenantId);
    return answer;
  },
});
