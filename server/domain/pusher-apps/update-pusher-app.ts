import { z } from "zod";
import { mutation } from "../../operation.ts";
import { unitOfWork } from "../../persistence/unit-of-work.ts";
import { ensureReachable } from "../webhooks/policy.ts";
import { appFields, pusherAppSchema, webhookList } from "./schema.ts";
import { ensureWebhooks, getPusherApp, savePusherApp } from "./store.ts";

export const updatePusherApp = mutation({
  name: "pusherApps.update",
  summary: "Change what your Pusher app allows and where its webhooks go; what is left out stays",
  http: { method: "PATCH", path: "/admin/pusher" },
  access: { caller: "admin", scope: "admin", console: "admin:secrets", sudo: true },
  input: z
    .object({
      ...appFields,
      webhooksBefore: webhookList.describe("The list that webhooks takes the place of, as it was read; another is 409"),
    })
    .partial(),
  output: pusherAppSchema,
  errors: ["conflict"],
  async handle(ctx, { webhooksBefore, ...choices }) {
    const { db, security, live, settings } = ctx.services;
    if (choices.webhooks && !security.allowPrivateNetworks) {
      const known = (await getPusherApp(db, ctx.tenantId, settings.authSecret)).webhooks.map(({ url }) => url);
      for (const { url } of choices.webhooks) if (!known.includes(url)) ensureReachable(url, false, "webhooks");
    }
    const answer = await unitOfWork(db, ctx.tenantId, async ({ tx }) => {
      if (webhooksBefore) await ensureWebhooks(tx, ctx.tenantId, webhooksBefore);
      return savePusherApp(tx, ctx.tenantId, settings.authSecret, choices);
    });
    live.recheck(ctx.tenantId);
    return answer;
  },
});
