import { z } from "zod";
import { callerId, clientHashOf } from "../../caller.ts";
import { mutation } from "../../operation.ts";
import { changeNotifications } from "./lane-store.ts";
import { bulkSchema, notificationIds, presentBulk, toIds } from "./policy.ts";
import { clientId } from "./schema.ts";

export const bulkDelete = mutation({
  name: "notifications.bulkDelete",
  summary: "Delete many of one's own for ever",
  http: {
    method: "PUT",
    path: "/Notifications/bulk/delete",
    headers: { "x-client-id": "clientId" },
    aliases: { ids: "notificationIds" },
    also: [{ method: "DELETE", path: "/Notifications/bulk" }],
  },
  access: { caller: "user", scope: "notifications:write" },
  input: z.object({ notificationIds, clientId }),
  output: bulkSchema,
  errors: ["outcome-unknown"],
  async handle(ctx, input) {
    const { db } = ctx.services;
    const userId = callerId(ctx);
    const done = await changeNotifications(db, ctx.tenantId, {
      operation: "delete",
      userId,
      ids: toIds(input.notificationIds),
      clientHash: clientHashOf(ctx.tenantId, userId, input.clientId),
      now: db.moment(),
    });
    return presentBulk(input.notificationIds, done);
  },
});
