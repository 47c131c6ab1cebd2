import { z } from "zod";
import { query } from "../../operation.ts";
import { listInForms } from "../../persistence/cursor-form.ts";
import { readTimeCursor, writeTimeCursor } from "../../persistence/time-cursor.ts";
import { cursorInput, cursorPage, entityId, page, pageInput } from "../../schema.ts";
import { countWebhookDeliveries, listWebhookDeliveries as loadDeliveries } from "./delivery-store.ts";
import { deliveryFilters, presentDelivery, webhookDeliverySchema } from "./schema.ts";
import { getWebhook } from "./store.ts";

export const listWebhookDeliveries = query({
  name: "webhooks.listDeliveries",
  summary: "What was, is or will be sent to a webhook endpoint, newest first; kept as long as the events",
  http: { method: "GET", path: "/admin/webhooks/{webhookId}/deliveries" },
  access: { caller: "admin", scope: "admin" },
  input: z.object({ webhookId: entityId, ...pageInput, ...cursorInput, ...deliveryFilters }),
  output: z.union([page(webhookDeliverySchema), cursorPage(webhookDeliverySchema)]),
  errors: ["cursor_invalid"],
  async handle(ctx, { pageNumber, pageSize, before, after, limit, ...filters }) {
    const { db } = ctx.services;
    await getWebhook(db.forTenant(ctx.tenantId), ctx.tenantId, filters.webhookId);
    const asked = { pageNumber, pageSize, before, after, limit };
    return listInForms(asked, {
      onward: "before",
      read: (cursor) => readTimeCursor(cursor),
      load: (span) => loadDeliveries(db, ctx.tenantId, filters, span),
      write: ({ createdAt, id }) => writeTimeCursor({ at: createdAt, id }),
      count: () => countWebhookDeliveries(db, ctx.tenantId, filters),
      present: (rows) => rows.map(presentDelivery),
    });
  },
});
