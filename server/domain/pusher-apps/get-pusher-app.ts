import { z } from "zod";
import { query } from "../../operation.ts";
import { pusherAppSchema } from "./schema.ts";
import { getPusherApp as loadApp } from "./store.ts";

export const getPusherApp = query({
  name: "pusherApps.get",
  summary: "Your tenant as a Pusher app: id, key, secret and what it allows",
  http: { method: "GET", path: "/admin/pusher" },
  access: { caller: "admin", scope: "admin", console: "admin:secrets", sudo: true },
  input: z.object({}),
  output: pusherAppSchema,
  async handle(ctx) {
    const { db, settings } = ctx.services;
    return loadApp(db, ctx.tenantId, settings.authSecret);
  },
});
