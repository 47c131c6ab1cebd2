import { z } from "zod";
import { mayGrant, type Role } from "../../auth/roles.ts";
import { DomainError } from "../../errors.ts";
import { mutation } from "../../operation.ts";
import { unitOfWork } from "../../persistence/unit-of-work.ts";
import { empty, entityId } from "../../schema.ts";
import { role } from "../persons/schema.ts";
import { lockOwnRole } from "./own-role.ts";
import { refuseMore } from "./schema.ts";
import { getOperator, hasOtherOwner, setRole } from "./store.ts";

export const updateOperator = mutation({
  name: "operators.update",
  summary: "Change an operator's role; within 5 s on every node. A tenant keeps an owner",
  http: { method: "PATCH", path: "/admin/operators/{personId}" },
  access: { caller: "admin", scope: "admin", console: "admin:operators", sudo: true },
  input: z.object({ personId: entityId, role }),
  output: empty,
  errors: ["conflict", "reauthentication_required"],
  async handle(ctx, { personId, role }) {
    const answer = await unitOfWork(ctx.services.db, ctx.tenantId, async ({ tx }) => {
      const own = await lockOwnRole(ctx, tx, "admin:operators");
      const operator = await getOperator(tx, ctx.tenantId, personId);
      if (!mayGrant(own, role) || !mayGrant(own, operator.role as Role)) throw refuseMore();
      if (operator.role === "owner" && role !== "owner" && !(await hasOtherOwner(tx, ctx.tenantId, operator.personId)))
        throw new DomainError("conflict", { detail: "A tenant keeps an owner: make somebody else one first" });
      await setRole(tx, ctx.tenantId, operator.personId, role);
      return {};
    });
    ctx.services.live.recheck(ctx.tenantId);
    return answer;
  },
});
