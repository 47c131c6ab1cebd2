import { z } from "zod";
import { mayGrant, type Role } from "../../auth/roles.ts";
import { mutation } from "../../operation.ts";
import { enqueueJobs } from "../../persistence/jobs.ts";
import { workOf } from "../../persistence/unit-of-work.ts";
import { makeLink, sealLink } from "../persons/make-link.ts";
import { ensureMayInvite, personMailJob } from "../persons/policy.ts";
import { email, role } from "../persons/schema.ts";
import { presentInvitation } from "./list-invitations.ts";
import { lockOwnRole } from "./own-role.ts";
import { invitationSchema, refuseMore } from "./schema.ts";
import { findInvitationTo, insertInvitation } from "./store.ts";

const lastsMs = 7 * 24 * 60 * 60 * 1000;

export const inviteOperator = mutation({
  name: "operators.invite",
  summary:
    "Invite somebody to run the tenant with you; good for 7 days, and in place of an earlier one to the same address",
  http: { method: "POST", path: "/admin/operators/invitations", status: 201 },
  access: { caller: "admin", scope: "admin", console: "admin:operators", sudo: true },
  input: z.object({ email, role }),
  output: invitationSchema
    .extend({ link: z.string().describe("As it is mailed, to hand over yourself where no mail goes out; shown once") })
    .meta({
      id: "NewInvitation",
    }),
  errors: ["reauthentication_required", "rate_limited"],
  secretAnswer: true,
  async handle(ctx, { email, role }) {
    const { settings } = ctx.services;
    ensureMayInvite(ctx.services, ctx.tenantId);
    const { token, hash } = makeLink();
    const link = `${settings.baseUrl}/invite/${ctx.tenantId}.${token}`;
    return workOf(ctx, async ({ tx }) => {
      const own = await lockOwnRole(ctx, tx, "admin:operators");
      const earlier = await findInvitationTo(tx, ctx.tenantId, email);
      if (!mayGrant(own, role) || (earlier && !mayGrant(own, earlier.role as Role))) throw refuseMore();
      const expiresAt = new Date(Date.now() + lastsMs);
      const invitedBy = ctx.principal.person?.email;
      const row = await insertInvitation(tx, ctx.tenantId, { email, role, hash, invitedBy, expiresAt });
      const sealedLink = sealLink(settings.authSecret, email, link);
      const mail = { kind: "invitation" as const, email, role, inviter: invitedBy, sealedLink };
      await enqueueJobs(tx, [personMailJob(ctx.tenantId, mail, expiresAt)]);
      return { ...presentInvitation(row), link };
    });
  },
});
