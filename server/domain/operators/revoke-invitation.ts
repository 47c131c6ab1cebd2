import { z } from "zod";
import { mayGrant, type Role } from "../../auth/roles.ts";
import { DomainError } from "../../errors.ts";
import { mutation } from "../../operation.ts";
import { unitOfWork } from "../../persistence/unit-of-work.ts";
import { empty, entityId } from "../../schema.ts";
import { lockOwnRole } from "./own-role.ts";
import { refuseMore } from "./schema.ts";
import { deleteInvitation, getInvitation } from "./store.ts";

export const revokeInvitation = mutation({
  name: "operators.revokeInvitation",
  summary: "Take an invitation back",
  http: { method: "DELETE", path: "/admin/operators/invitations/{invitationId}" },
  access: { caller: "admin", scope: "admin", console: "admin:operators" },
  input: z.object({ invitationId: entityId }),
  output: empty,
  async handle(ctx, { invitationId }) {
    return unitOfWork(ctx.services.db, ctx.tenantId, async ({ tx }) => {
      const own = await lockOwnRole(ctx, tx, "admin:operators");
      const { id, role } = await getInvitation(tx, ctx.tenantId, invitationId);
      if (!mayGrant(own, role as Role)) throw refuseMore();
      if (!(await deleteInvitation(tx, ctx.tenantId, { id }))) throw new DomainError("not_found");
      return {};
    });
  },
});
