import { z } from "zod";
import { callerId, clientHashOf } from "../../caller.ts";
import { mutation } from "../../operation.ts";
import { changeNotifications } from "./lane-store.ts";
import { bulkSchema, notificationIds, presentBulk, toIds } from "./policy.ts";
import { clientId } from "./schema.ts";

export const bulkRead = mutation({
  name: "notifications.bulkRead",
  summary: "Mark many of one's own as read, or as unread",
  http: {
    method: "PUT",
    path: "/Notifications/bulk/read",
    headers: { "x-client-id": "clientId" },
    aliases: { ids: "notificationIds" },
  },
  access: { caller: "user", scope: "notifications:write" },
  input: z.object({ notificationIds, read: z.boolean().optional().describe("true unless given"), clientId }),
  output: bulkSchema,
  errors: ["outcome-unknown"],
  async handle(ctx, input) {
    const { db } = ctx.services;
    const userId = callerId(ctx);
    const done = await changeNotifications(db, ctx.tenantId, {
      operation: input.read === false ? "unread" : "read",
      userId,
      ids: toIds(input.notificationIds),
      clientHash: clientHashOf(ctx.tenantId, userId, input.clientId),
      now: db.moment(),
    });
    return presentBulk(input.notificationIds, done);
  },
});
