import { z } from "zod";
import { query } from "../../operation.ts";
import { entityId } from "../../schema.ts";
import { getWebhookDelivery as loadDelivery, messageIdOf } from "./delivery-store.ts";
import { detailedDeliverySchema, presentDelivery, presentTry } from "./schema.ts";

export const getWebhookDelivery = query({
  name: "webhooks.getDelivery",
  summary: "One delivery to a webhook endpoint with its tries and the beginning of each answer",
  http: { method: "GET", path: "/admin/webhooks/{webhookId}/deliveries/{webhookDeliveryId}" },
  access: { caller: "admin", scope: "admin" },
  input: z.object({ webhookId: entityId, webhookDeliveryId: entityId }),
  output: detailedDeliverySchema,
  async handle(ctx, ids) {
    const { db, cursors } = ctx.services;
    const { row, tries } = await loadDelivery(db.forTenant(ctx.tenantId), ctx.tenantId, ids);
    const webhookMessageId = messageIdOf(cursors, ctx.tenantId, row);
    return { ...presentDelivery(row), webhookMessageId, tries: tries.map(presentTry) };
  },
});
