import { z } from "zod";
import { DomainError } from "../../errors.ts";
import { newId } from "../../ids.ts";
import { epochOf } from "../../log/store.ts";
import { mutation } from "../../operation.ts";
import { enqueueJobs } from "../../persistence/jobs.ts";
import { workOf } from "../../persistence/unit-of-work.ts";
import { entityId } from "../../schema.ts";
import { insertWebhookDeliveries, webhookJob } from "./delivery-store.ts";
import { sampleOf } from "./make-sample.ts";
import { deliveryType } from "./schema.ts";
import { getWebhook } from "./store.ts";

export const sendSample = mutation({
  name: "webhooks.sendSample",
  summary: "Send a made-up event to a webhook endpoint the way that events go; its delivery says what became of it",
  http: { method: "POST", path: "/admin/webhooks/{webhookId}/sample", status: 201 },
  access: { caller: "admin", scope: "admin" },
  input: z.object({
    webhookId: entityId,
    type: deliveryType.optional().describe("message.created unless given; a ping says nothing"),
  }),
  output: z.object({ webhookDeliveryId: z.string().describe("For GET …/deliveries/{webhookDeliveryId}") }),
  errors: ["conflict"],
  handle: (ctx, { webhookId, type = "message.created" }) =>
    workOf(ctx, async ({ tx }) => {
      const { id: endpointId, state } = await getWebhook(tx, ctx.tenantId, webhookId);
      if (state !== "active") throw new DomainError("conflict", { detail: `The endpoint is ${state}` });
      const sample = sampleOf(ctx.tenantId, type, new Date(ctx.services.now()));
      const epoch = await epochOf(tx, ctx.tenantId);
      const [id, event] = [newId(), { type, payload: {} }];
      await insertWebhookDeliveries(tx, ctx.tenantId, [{ id, endpointId, event, status: "queued", epoch, sample }]);
      await enqueueJobs(tx, [webhookJob(ctx.tenantId, endpointId)]);
      return { webhookDeliveryId: id };
    }),
});
