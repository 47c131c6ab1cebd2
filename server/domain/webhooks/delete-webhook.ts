import { z } from "zod";
import { mutation } from "../../operation.ts";
import { enqueueJobs } from "../../persistence/jobs.ts";
import { unitOfWork } from "../../persistence/unit-of-work.ts";
import { empty, entityId } from "../../schema.ts";
import { webhookJob } from "./delivery-store.ts";
import { removeWebhook } from "./store.ts";

export const deleteWebhook = mutation({
  name: "webhooks.delete",
  summary: "Delete a webhook endpoint with its deliveries; what was still to be sent is not",
  http: { method: "DELETE", path: "/admin/webhooks/{webhookId}" },
  access: { caller: "admin", scope: "admin" },
  input: z.object({ webhookId: entityId }),
  output: empty,
  handle: (ctx, { webhookId }) =>
    unitOfWork(ctx.services.db, ctx.tenantId, async ({ tx }) => {
      await removeWebhook(tx, ctx.tenantId, webhookId);
      await enqueueJobs(tx, [webhookJob(ctx.tenantId, webhookId.toLowerCase())]);
      return {};
    }),
});
