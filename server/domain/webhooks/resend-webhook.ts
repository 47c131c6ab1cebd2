import { z } from "zod";
import { DomainError } from "../../errors.ts";
import { mutation } from "../../operation.ts";
import { enqueueJobs } from "../../persistence/jobs.ts";
import { workOf } from "../../persistence/unit-of-work.ts";
import { entityId } from "../../schema.ts";
import { getWebhookDelivery, requeueWebhooks, webhookJob } from "./delivery-store.ts";
import { findEventOf } from "./get-webhook-delivery.ts";
import { eventGone } from "./policy.ts";
import { presentDelivery, webhookDeliverySchema } from "./schema.ts";
import { getWebhook } from "./store.ts";

export const resendWebhook = mutation({
  name: "webhooks.resend",
  summary:
    "Send one delivery now, once more or without waiting for its next try, under the same webhook-id, whatever became of it before; not of an event that is no longer kept",
  http: { method: "POST", path: "/admin/webhooks/{webhookId}/deliveries/{webhookDeliveryId}/resend" },
  access: { caller: "admin", scope: "admin" },
  input: z.object({ webhookId: entityId, webhookDeliveryId: entityId }),
  output: webhookDeliverySchema,
  errors: ["conflict"],
  handle: (ctx, ids) =>
    workOf(ctx, async ({ tx }) => {
      const { id: endpointId, state } = await getWebhook(tx, ctx.tenantId, ids.webhookId);
      const { row } = await getWebhookDelivery(tx, ctx.tenantId, ids);
      if (state === "disabled") throw new DomainError("conflict", { detail: "The endpoint is disabled" });
      const isKept = row.sample !== null || (await findEventOf(tx, row));
      if (!isKept) throw new DomainError("conflict", { detail: eventGone });
      await requeueWebhooks(tx, ctx.tenantId, endpointId, { id: row.id });
      await enqueueJobs(tx, [webhookJob(ctx.tenantId, endpointId)]);
      return presentDelivery((await getWebhookDelivery(tx, ctx.tenantId, ids)).row);
    }),
});
