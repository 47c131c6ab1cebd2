import { z } from "zod";
import { mintTenantId } from "../../auth/principal.ts";
import { DomainError } from "../../errors.ts";
import { mutation } from "../../operation.ts";
import { workOf } from "../../persistence/unit-of-work.ts";
import { newTenantInput } from "../tenants/make-tenant.ts";
import { ensureMayMakeTenant } from "./policy.ts";
import { signedIn } from "./schema.ts";
import { makeTenant } from "./sign-up-person.ts";
import { joinTenant } from "./store.ts";

export const createAccountTenant = mutation({
  name: "account.createTenant",
  summary: "Make one more tenant of your own",
  http: { method: "POST", path: "/api/console/account/tenants", root: true, status: 201 },
  access: { caller: "person" },
  input: z.object({ id: newTenantInput.id, name: newTenantInput.name }),
  output: z.object({ tenantId: z.string() }),
  errors: ["unauthenticated", "forbidden", "conflict", "rate_limited"],
  async handle(ctx, { id, name }) {
    const { live, settings } = ctx.services;
    const person = signedIn(ctx);
    const { personId, installationOwner } = person;
    if (settings.signUp === "invite" && !installationOwner)
      throw new DomainError("forbidden", { detail: "The installation's owner makes tenants here" });
    ensureMayMakeTenant(ctx.services, person);
    const tenantId = mintTenantId(id);
    const answer = await workOf(ctx, async ({ tx }) => {
      await makeTenant(ctx, tx, { id, name });
      await joinTenant(tx, personId, { tenantId, role: "owner" });
      return { tenantId };
    });
    live.recheck(tenantId);
    return answer;
  },
});
