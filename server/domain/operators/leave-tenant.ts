import { z } from "zod";
import { isTenantIdForm, mintTenantId } from "../../auth/principal.ts";
import { DomainError } from "../../errors.ts";
import { mutation } from "../../operation.ts";
import { asTenant } from "../../persistence/prisma.ts";
import { unitOfWork } from "../../persistence/unit-of-work.ts";
import { empty } from "../../schema.ts";
import { noteEntry } from "../audit/store.ts";
import { signedIn } from "../persons/schema.ts";
import { lockTenant } from "../tenants/store.ts";
import { getOperator, hasOtherOwner, removeOperator } from "./store.ts";

export const leaveTenant = mutation({
  name: "account.leaveTenant",
  summary: "Stop being an operator of a tenant; the last owner stays",
  http: { method: "DELETE", path: "/api/console/account/tenants/{tenant}", root: true },
  access: { caller: "person" },
  input: z.object({ tenant: z.string().max(63) }),
  output: empty,
  errors: ["unauthenticated", "forbidden", "conflict"],
  async handle(ctx, { tenant }) {
    const { personId, email } = signedIn(ctx);
    if (!isTenantIdForm(tenant)) throw new DomainError("not_found");
    const tenantId = mintTenantId(tenant);
    const answer = await unitOfWork(ctx.services.db, ctx.tenantId, ({ tx }) =>
      asTenant(tx, tenantId, ctx.tenantId, async () => {
        await getOperator(tx, tenantId, personId);
        await lockTenant(tx, tenantId);
        const { role } = await getOperator(tx, tenantId, personId);
        if (role === "owner" && !(await hasOtherOwner(tx, tenantId, personId)))
          throw new DomainError("conflict", { detail: "The last owner stays: pass the tenant on, or delete it" });
        await removeOperator(tx, tenantId, personId);
        const actor = { actorKind: "operator" as const, actorId: personId, actorName: email, ip: ctx.ip };
        const done = { operation: "account.leaveTenant", target: `personId:${personId}`, input: { role } };
        await noteEntry(tx, tenantId, { ...actor, ...done, requestId: ctx.requestId });
        return {};
      }),
    );
    ctx.services.live.recheck(tenantId);
    return answer;
  },
});
