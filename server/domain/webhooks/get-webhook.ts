import { z } from "zod";
import { query } from "../../operation.ts";
import { tenantTransaction } from "../../persistence/prisma.ts";
import { entityId } from "../../schema.ts";
import { measureWebhooks } from "./delivery-store.ts";
import { presentWebhook, webhookSchema } from "./schema.ts";
import { getWebhook as loadWebhook } from "./store.ts";

export const getWebhook = query({
  name: "webhooks.get",
  summary: "One webhook endpoint, and how it did lately",
  http: { method: "GET", path: "/admin/webhooks/{webhookId}" },
  access: { caller: "admin", scope: "admin" },
  input: z.object({ webhookId: entityId }),
  output: webhookSchema,
  handle: (ctx, { webhookId }) =>
    tenantTransaction(ctx.services.db.prisma, ctx.tenantId, async (tx) => {
      const row = await loadWebhook(tx, ctx.tenantId, webhookId);
      return presentWebhook(row, (await measureWebhooks(tx, ctx.tenantId, [row.id])).get(row.id));
    }),
});
