import { z } from "zod";
import { mutation } from "../../operation.ts";
import { enqueueJobs } from "../../persistence/jobs.ts";
import { workOf } from "../../persistence/unit-of-work.ts";
import { entityId } from "../../schema.ts";
import { requeueDelivery } from "./lookup-store.ts";
import { deliverySchema, presentDelivery } from "./schema.ts";
import { mailJob } from "./store.ts";

export const resendDelivery = mutation({
  name: "deliveries.resend",
  summary:
    "Send a mail once more, under a Message-ID of its own, whatever became of it before; not what is over or gone by now",
  http: { method: "POST", path: "/admin/deliveries/{deliveryId}/resend" },
  access: { caller: "admin", scope: "admin" },
  input: z.object({ deliveryId: entityId }),
  output: deliverySchema,
  errors: ["conflict"],
  handle: (ctx, { deliveryId }) =>
    workOf(ctx, async ({ tx }) => {
      const row = await requeueDelivery(tx, ctx.tenantId, deliveryId);
      await enqueueJobs(tx, [mailJob(ctx.tenantId)]);
      return presentDelivery(row);
    }),
});
