import { z } from "zod";
import type { TenantId } from "../../auth/principal.ts";
import type { Role } from "../../auth/roles.ts";
import { DomainError } from "../../errors.ts";
import { type Context, mutation } from "../../operation.ts";
import { asTenant, type TenantTransaction } from "../../persistence/prisma.ts";
import { workOf } from "../../persistence/unit-of-work.ts";
import { noteEntry } from "../audit/store.ts";
import { hashPassword } from "../persons/hash-password.ts";
import { ensureMayOpenLink } from "../persons/policy.ts";
import { linkToken, newPassword, personName, role, signedIn } from "../persons/schema.ts";
import { asInstallation, insertPerson, joinTenant } from "../persons/store.ts";
import { type Invited, readInvitation } from "./read-invitation.ts";
import { deleteInvitation } from "./store.ts";

const accepted = z.object({ tenantId: z.string(), role });

export const acceptInvitation = mutation({
  name: "people.acceptInvitation",
  summary: "Make an account for the invited address, and become an operator of the tenant",
  http: { method: "POST", path: "/api/console/invitations/{token}/accept", root: true, status: 201 },
  access: { caller: "anyone" },
  input: z.object({ token: linkToken, password: newPassword, name: personName.optional() }),
  output: accepted,
  errors: ["unauthenticated", "forbidden", "conflict", "rate_limited"],
  async handle(ctx, { token, password, name = null }) {
    ensureMayOpenLink(ctx.services, ctx.ip);
    if (!ctx.idempotent) await asInstallation(ctx.services.db, (tx) => readInvitation(tx, ctx.tenantId, token));
    const passwordHash = await hashPassword(password);
    return workOf(ctx, async ({ tx }) => {
      const invited = await readInvitation(tx, ctx.tenantId, token);
      const person = await insertPerson(tx, { email: invited.invitation.email, name, passwordHash });
      return {
        tenantId: invited.tenantId,
        role: await join(ctx, tx, invited, { operation: "people.acceptInvitation", personId: person.id }),
      };
    });
  },
});

export const acceptOwnInvitation = mutation({
  name: "account.acceptInvitation",
  summary: "Become an operator of the tenant that invited your address",
  http: { method: "POST", path: "/api/console/account/invitations/{token}/accept", root: true },
  access: { caller: "person" },
  input: z.object({ token: linkToken }),
  output: accepted.extend({ role: role.describe("Whoever was an operator already keeps the role there was") }),
  errors: ["unauthenticated", "forbidden"],
  async handle(ctx, { token }) {
    const { personId, email } = signedIn(ctx);
    let tenantId: TenantId | undefined;
    const answer = await workOf(ctx, async ({ tx }) => {
      const invited = await readInvitation(tx, ctx.tenantId, token);
      ({ tenantId } = invited);
      if (invited.invitation.email !== email)
        throw new DomainError("forbidden", { detail: `The invitation is for ${invited.invitation.email}` });
      return {
        tenantId: invited.tenantId,
        role: await join(ctx, tx, invited, { operation: "account.acceptInvitation", personId }),
      };
    });
    ctx.services.security.sessions.forget();
    if (tenantId) ctx.services.live.recheck(tenantId);
    return answer;
  },
});

/** Takes the invitation, and notes in the tenant's log who came; returns the role that the person has now. Throws not_found. */
async function join(
  { tenantId: back, ip, requestId }: Context,
  tx: TenantTransaction,
  { tenantId, invitation }: Invited,
  { operation, personId }: { operation: string; personId: string },
): Promise<Role> {
  if (!(await asTenant(tx, tenantId, back, () => deleteInvitation(tx, tenantId, { id: invitation.id }))))
    throw new DomainError("not_found"); // taken back, or replaced by one with another role
  const role = await joinTenant(tx, personId, { tenantId, role: invitation.role as Role });
  const actor = { actorKind: "operator" as const, actorId: personId, actorName: invitation.email };
  const entry = { ...actor, ip, operation, target: `personId:${personId}`, input: { role }, requestId };
  await asTenant(tx, tenantId, back, () => noteEntry(tx, tenantId, entry));
  return role;
}
