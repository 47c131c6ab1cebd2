import { isTenantIdForm, mintTenantId } from "../../auth/principal.ts";
import type { Context } from "../../operation.ts";
import type { HeldAnswer } from "../../persistence/idempotency.ts";
import { asTenant } from "../../persistence/prisma.ts";
import { workOf } from "../../persistence/unit-of-work.ts";
import type { BounceReport } from "./read-bounce.ts";
import { keepMailed, recordBounces } from "./store.ts";

/**
 * Writes down what came back to the server that all tenants share, at the tenant that its mail names, and only of addresses that this very
 * mail went to: whoever gets one tenant's mail can say nothing of another's.
 */
export async function recordShared(
  ctx: Context,
  report: BounceReport | undefined,
): Promise<Record<string, never> | HeldAnswer> {
  const { tenantId: named = "", deliveryId } = report ?? {};
  if (!report || deliveryId === undefined || !isTenantIdForm(named)) return {};
  const tenantId = mintTenantId(named);
  return await workOf(ctx, ({ tx }) =>
    asTenant(tx, tenantId, ctx.tenantId, async () => {
      const bounces = await keepMailed(tx, tenantId, deliveryId, report.bounces);
      await recordBounces(tx, tenantId, { bounces, deliveryId });
      return {};
    }),
  );
}
