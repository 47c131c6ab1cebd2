import { z } from "zod";
import { query } from "../../operation.ts";
import { entityId } from "../../schema.ts";
import { presentWebhook, webhookSchema } from "./schema.ts";
import { getWebhook as loadWebhook } from "./store.ts";

export const getWebhook = query({
  name: "webhooks.get",
  summary: "One webhook endpoint",
  http: { method: "GET", path: "/admin/webhooks/{webhookId}" },
  access: { caller: "admin", scope: "admin" },
  input: z.object({ webhookId: entityId }),
  output: webhookSchema,
  handle: async (ctx, { webhookId }) =>
    presentWebhook(await loadWebhook(ctx.services.db.forTenant(ctx.tenantId), ctx.tenantId, webhookId)),
});
