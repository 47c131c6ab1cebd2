import { z } from "zod";
import { mutation } from "../../operation.ts";
import { workOf } from "../../persistence/unit-of-work.ts";
import { ensureReachable } from "./policy.ts";
import { endpointFields, newWebhookSchema, presentWebhook } from "./schema.ts";
import { insertWebhook } from "./store.ts";

const { url, ...optional } = endpointFields;

export const createWebhook = mutation({
  name: "webhooks.create",
  summary: "Have the tenant's events posted to an address of yours, signed as Standard Webhooks 1.0 says, from now on",
  http: { method: "POST", path: "/admin/webhooks", status: 201 },
  access: { caller: "admin", scope: "admin", console: "admin:secrets", sudo: true },
  input: z.object({ url, ...z.object(optional).partial().shape }),
  output: newWebhookSchema,
  errors: ["conflict"],
  secretAnswer: true,
  handle(ctx, { description = "", types = [], chatId = null, ordered = false, ...input }) {
    ensureReachable(input.url, ctx.services.security.allowPrivateNetworks, "url");
    return workOf(ctx, async ({ tx }) => {
      const choices = { ...input, description, types, chatId, ordered };
      const { row, secret } = await insertWebhook(tx, ctx.tenantId, ctx.services.settings.authSecret, choices);
      return { ...presentWebhook(row), secret };
    });
  },
});
