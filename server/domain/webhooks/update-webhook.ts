import { z } from "zod";
import { ensureSudo } from "../../auth/principal.ts";
import { mutation } from "../../operation.ts";
import { enqueueJobs } from "../../persistence/jobs.ts";
import { unitOfWork } from "../../persistence/unit-of-work.ts";
import { entityId } from "../../schema.ts";
import { webhookJob } from "./delivery-store.ts";
import { ensureReachable } from "./policy.ts";
import { endpointFields, presentWebhook, webhookSchema, webhookStates } from "./schema.ts";
import { getWebhook, saveWebhook } from "./store.ts";

export const updateWebhook = mutation({
  name: "webhooks.update",
  summary: "Change a webhook endpoint, pause it, or have it go on; what is left out stays",
  http: { method: "PATCH", path: "/admin/webhooks/{webhookId}" },
  access: { caller: "admin", scope: "admin" },
  input: z.object({
    webhookId: entityId,
    ...z.object(endpointFields).partial().shape,
    state: z
      .enum(webhookStates)
      .optional()
      .describe(
        "Going on after paused sends what waited, as long as events are kept (retention.eventDays); after disabled only what happens from then on",
      ),
  }),
  output: webhookSchema,
  errors: ["reauthentication_required"],
  handle: (ctx, { webhookId, ...changes }) =>
    unitOfWork(ctx.services.db, ctx.tenantId, async ({ tx }) => {
      const { allowPrivateNetworks } = ctx.services.security;
      // The same address said once more stays as it is, also one that could not be given any more.
      if (changes.url !== undefined && changes.url !== (await getWebhook(tx, ctx.tenantId, webhookId)).url) {
        ensureSudo(ctx.principal); // as for a new endpoint: all that happens would go there
        ensureReachable(changes.url, allowPrivateNetworks, "url");
      }
      const row = await saveWebhook(tx, ctx.tenantId, webhookId, changes);
      await enqueueJobs(tx, [webhookJob(ctx.tenantId, row.id)]);
      return presentWebhook(row);
    }),
});
