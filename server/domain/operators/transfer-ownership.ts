import { z } from "zod";
import { DomainError } from "../../errors.ts";
import { mutation } from "../../operation.ts";
import { workOf } from "../../persistence/unit-of-work.ts";
import { empty, entityId } from "../../schema.ts";
import { signedIn } from "../persons/schema.ts";
import { lockOwnRole } from "./own-role.ts";
import { getOperator, setRole } from "./store.ts";

export const transferOwnership = mutation({
  name: "operators.transferOwnership",
  summary: "Make another operator the owner in your place; you become an admin",
  http: { method: "POST", path: "/admin/operators/{personId}/own" },
  access: { caller: "admin", scope: "admin", console: "admin:owner", sudo: true },
  input: z.object({ personId: entityId }),
  output: empty,
  errors: ["conflict", "reauthentication_required"],
  async handle(ctx, { personId }) {
    const own = signedIn(ctx).personId;
    const answer = await workOf(ctx, async ({ tx }) => {
      await lockOwnRole(ctx, tx, "admin:owner");
      const operator = await getOperator(tx, ctx.tenantId, personId);
      if (operator.personId === own) throw new DomainError("conflict", { detail: "You are an owner already" });
      await setRole(tx, ctx.tenantId, operator.personId, "owner");
      await setRole(tx, ctx.tenantId, own, "admin");
      return {};
    });
    ctx.services.live.recheck(ctx.tenantId);
    return answer;
  },
});
