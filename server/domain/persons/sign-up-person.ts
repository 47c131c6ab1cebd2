import { z } from "zod";
import { mintTenantId } from "../../auth/principal.ts";
import { DomainError } from "../../errors.ts";
import { type Context, mutation } from "../../operation.ts";
import { asTenant, type TenantTransaction } from "../../persistence/prisma.ts";
import { workOf } from "../../persistence/unit-of-work.ts";
import { insertTenant, newTenantInput } from "../tenants/make-tenant.ts";
import { hashPassword } from "./hash-password.ts";
import { hashLink } from "./make-link.ts";
import { ensureMaySignUp } from "./policy.ts";
import { email, linkToken, newPassword, personName } from "./schema.ts";
import { deleteLinks, hasInstallationOwner, insertPerson, joinTenant, takeLink } from "./store.ts";

export const signUp = mutation({
  name: "people.signUp",
  summary: "Make an account and a tenant of one's own; with the claim of the first start, of the whole installation",
  http: { method: "POST", path: "/api/console/sign-up", root: true, status: 201 },
  access: { caller: "anyone" },
  input: z.object({
    email,
    password: newPassword,
    name: personName.optional(),
    tenant: newTenantInput.id,
    tenantName: newTenantInput.name,
    claim: linkToken.optional(),
  }),
  output: z.object({ personId: z.string(), tenantId: z.string(), installationOwner: z.boolean() }),
  errors: ["unauthenticated", "forbidden", "conflict", "rate_limited"],
  async handle(ctx, input) {
    const { live, settings } = ctx.services;
    if (settings.signUp === "invite" && input.claim === undefined)
      throw new DomainError("forbidden", { detail: "One comes in by invitation here" });
    ensureMaySignUp(ctx.services, ctx.ip);
    const passwordHash = await hashPassword(input.password);
    const tenantId = mintTenantId(input.tenant);
    const answer = await workOf(ctx, async ({ tx }) => {
      const installationOwner = input.claim !== undefined && (await spendClaim(tx, input.claim));
      const { email, name = null } = input;
      const person = await insertPerson(tx, { email, name, passwordHash, installationOwner });
      await makeTenant(ctx, tx, { id: tenantId, name: input.tenantName });
      await joinTenant(tx, person.id, { tenantId, role: "owner" });
      return { personId: person.id, tenantId, installationOwner };
    });
    live.recheck(tenantId);
    return answer;
  },
});

/** Whoever comes first takes the installation, and no other link to it is good from then on. Throws forbidden. */
async function spendClaim(tx: TenantTransaction, claim: string): Promise<true> {
  if (!(await takeLink(tx, "claim", hashLink(claim))) || (await hasInstallationOwner(tx)))
    throw new DomainError("forbidden", { detail: "The claim is over: the next start prints another" });
  await deleteLinks(tx, "claim", null);
  return true;
}

/** A tenant in a transaction that is the reserved one's. Its keys are not shown: the console makes them anew. */
export async function makeTenant(ctx: Context, tx: TenantTransaction, tenant: { id: string; name: string }) {
  const { authSecret } = ctx.services.settings;
  await asTenant(tx, mintTenantId(tenant.id), ctx.tenantId, () => insertTenant(tx, authSecret, tenant));
}
