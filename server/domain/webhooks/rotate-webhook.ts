import { z } from "zod";
import { mutation } from "../../operation.ts";
import { workOf } from "../../persistence/unit-of-work.ts";
import { entityId } from "../../schema.ts";
import { newWebhookSchema, presentWebhook } from "./schema.ts";
import { replaceWebhookSecret } from "./store.ts";

const hour = 60 * 60 * 1000;

export const rotateWebhook = mutation({
  name: "webhooks.rotate",
  summary: "Replace a webhook endpoint's secret; for a while deliveries are signed with the old one too",
  http: { method: "POST", path: "/admin/webhooks/{webhookId}/rotate" },
  access: { caller: "admin", scope: "admin", console: "admin:secrets", sudo: true },
  input: z.object({
    webhookId: entityId,
    overlapHours: z.number().min(0).max(168).optional().describe("How long the old secret signs too; 24 unless given"),
  }),
  output: newWebhookSchema,
  secretAnswer: true,
  handle: (ctx, { webhookId, overlapHours = 24 }) =>
    workOf(ctx, async ({ tx }) => {
      const { authSecret } = ctx.services.settings;
      const oldUntil = new Date(ctx.services.now() + overlapHours * hour);
      const { row, secret } = await replaceWebhookSecret(tx, ctx.tenantId, authSecret, { webhookId, oldUntil });
      return { ...presentWebhook(row), secret };
    }),
});
