import { z } from "zod";
import { mayGrant, type Role } from "../../auth/roles.ts";
import { DomainError } from "../../errors.ts";
import { mutation } from "../../operation.ts";
import { unitOfWork } from "../../persistence/unit-of-work.ts";
import { empty, entityId } from "../../schema.ts";
import { lockOwnRole } from "./own-role.ts";
import { refuseMore } from "./schema.ts";
import { removeOperator as deleteOperator, getOperator, hasOtherOwner } from "./store.ts";

export const removeOperator = mutation({
  name: "operators.remove",
  summary: "Take an operator out of the tenant; their connections close within 5 s. The last owner stays",
  http: { method: "DELETE", path: "/admin/operators/{personId}" },
  access: { caller: "admin", scope: "admin", console: "admin:operators", sudo: true },
  input: z.object({ personId: entityId }),
  output: empty,
  errors: ["conflict", "reauthentication_required"],
  async handle(ctx, { personId }) {
    const answer = await unitOfWork(ctx.services.db, ctx.tenantId, async ({ tx }) => {
      const own = await lockOwnRole(ctx, tx, "admin:operators");
      const operator = await getOperator(tx, ctx.tenantId, personId);
      if (!mayGrant(own, operator.role as Role)) throw refuseMore();
      if (operator.role === "owner" && !(await hasOtherOwner(tx, ctx.tenantId, operator.personId)))
        throw new DomainError("conflict", { detail: "The last owner stays: pass the tenant on, or delete it" });
      await deleteOperator(tx, ctx.tenantId, operator.personId);
      return {};
    });
    ctx.services.live.recheck(ctx.tenantId);
    return answer;
  },
});
