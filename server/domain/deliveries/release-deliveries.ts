import { z } from "zod";
import type { TenantId } from "../../auth/principal.ts";
import { mutation } from "../../operation.ts";
import { enqueueJobs } from "../../persistence/jobs.ts";
import { type TenantTransaction, tenantTransaction } from "../../persistence/prisma.ts";
import { afterCommit, findHeldAnswer, workOf } from "../../persistence/unit-of-work.ts";
import { settleWaiting } from "./lookup-store.ts";
import { mailJob } from "./store.ts";

/** Mails of one transaction. */
const perStep = 2000;

export const releaseDeliveries = mutation({
  name: "deliveries.release",
  summary:
    "After the database was restored or moved: send the mails that wait because some may have gone out before, or cancel them",
  http: { method: "POST", path: "/admin/deliveries/release" },
  access: { caller: "admin", scope: "admin" },
  input: z.object({ action: z.enum(["send", "cancel"]) }),
  output: z.object({ count: z.number().int() }),
  errors: ["outcome-unknown"],
  async handle(ctx, { action }) {
    const { db } = ctx.services;
    const held = ctx.idempotent && (await findHeldAnswer(db, ctx.tenantId, ctx.idempotent));
    if (held) return held;
    let count = 0;
    // In steps, as a statement has its time: what is done stays done, and whoever asks again goes on.
    for (let from: Date | undefined, more = true; more; more = from !== undefined) {
      const settleSome = () =>
        tenantTransaction(db.prisma, ctx.tenantId, (tx) => settle(tx, ctx.tenantId, action, from));
      const step = await (count > 0 ? afterCommit(settleSome) : settleSome());
      count += step.count;
      from = step.next;
    }
    const answer = () => workOf(ctx, async () => ({ count }));
    return count > 0 ? afterCommit(answer) : answer();
  },
});

async function settle(tx: TenantTransaction, tenantId: TenantId, fate: "send" | "cancel", from: Date | undefined) {
  const step = await settleWaiting(tx, tenantId, { fate, from, limit: perStep });
  if (step.count > 0 && fate === "send") await enqueueJobs(tx, [mailJob(tenantId)]);
  return step;
}
