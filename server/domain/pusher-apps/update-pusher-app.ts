import { z } from "zod";
import { mutation } from "../../operation.ts";
import { unitOfWork } from "../../persistence/unit-of-work.ts";
import { appFields, pusherAppSchema } from "./schema.ts";
import { savePusherApp } from "./store.ts";

export const updatePusherApp = mutation({
  name: "pusherApps.update",
  summary: "Change what your Pusher app allows and where its webhooks go; what is left out stays",
  http: { method: "PATCH", path: "/admin/pusher" },
  access: { caller: "admin", scope: "admin", console: "admin:secrets", sudo: true },
  input: z.object(appFields).partial(),
  output: pusherAppSchema,
  async handle(ctx, choices) {
    const { db, security, live, settings } = ctx.services;
    const answer = await unitOfWork(
      db,
      ctx.tenantId,
      ({ tx }) => savePusherApp(tx, ctx.tenantId, settings.authSecret, choices),
      ctx.idempotent,
    );
    security.invalidate(ctx.tenantId);
    live.recheck(ctx.tenantId);
    return answer;
  },
});
