import { z } from "zod";
import { mutation } from "../../operation.ts";
import { enqueueJobs } from "../../persistence/jobs.ts";
import { unitOfWork } from "../../persistence/unit-of-work.ts";
import { settleWaiting } from "./lookup-store.ts";
import { mailJob } from "./store.ts";

export const releaseDeliveries = mutation({
  name: "deliveries.release",
  summary:
    "After the database was restored or moved: send the mails that wait because some may have gone out before, or cancel them",
  http: { method: "POST", path: "/admin/deliveries/release" },
  access: { caller: "admin", scope: "admin" },
  input: z.object({ action: z.enum(["send", "cancel"]) }),
  output: z.object({ count: z.number().int() }),
  handle: (ctx, { action }) =>
    unitOfWork(
      ctx.services.db,
      ctx.tenantId,
      async ({ tx }) => {
        const count = await settleWaiting(tx, ctx.tenantId, action);
        if (count > 0 && action === "send") await enqueueJobs(tx, [mailJob(ctx.tenantId)]);
        return { count };
      },
      ctx.idempotent,
    ),
});
