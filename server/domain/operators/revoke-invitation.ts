import { z } from "zod";
import { DomainError } from "../../errors.ts";
import { mutation } from "../../operation.ts";
import { unitOfWork } from "../../persistence/unit-of-work.ts";
import { empty, entityId } from "../../schema.ts";
import { deleteInvitation } from "./store.ts";

export const revokeInvitation = mutation({
  name: "operators.revokeInvitation",
  summary: "Take an invitation back",
  http: { method: "DELETE", path: "/admin/operators/invitations/{invitationId}" },
  access: { caller: "admin", scope: "admin", console: "admin:operators" },
  input: z.object({ invitationId: entityId }),
  output: empty,
  async handle(ctx, { invitationId }) {
    return unitOfWork(
      ctx.services.db,
      ctx.tenantId,
      async ({ tx }) => {
        if (!(await deleteInvitation(tx, ctx.tenantId, { id: invitationId }))) throw new DomainError("not_found");
        return {};
      },
      ctx.idempotent,
    );
  },
});
