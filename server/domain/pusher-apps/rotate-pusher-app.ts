import { z } from "zod";
import { mutation } from "../../operation.ts";
import { workOf } from "../../persistence/unit-of-work.ts";
import { pusherAppSchema } from "./schema.ts";
import { replacePusherSecret } from "./store.ts";

export const rotatePusherApp = mutation({
  name: "pusherApps.rotate",
  summary: "Replace the app's secret, which is refused at once; with key also the key, whose connections are closed",
  http: { method: "POST", path: "/admin/pusher/rotate" },
  access: { caller: "admin", scope: "admin", console: "admin:secrets", sudo: true },
  input: z.object({ key: z.boolean().optional().describe("Also replace the key, which pages carry") }),
  output: pusherAppSchema,
  secretAnswer: true,
  async handle(ctx, { key = false }) {
    const { live, settings } = ctx.services;
    const answer = await workOf(ctx, ({ tx }) => replacePusherSecret(tx, ctx.tenantId, settings.authSecret, { key }));
    live.recheck(ctx.tenantId);
    return answer;
  },
});
