import { z } from "zod";
import { callerId, clientHashOf } from "../../caller.ts";
import { mutation } from "../../operation.ts";
import { changeNotifications } from "./lane-store.ts";
import { bulkSchema, notificationIds, presentBulk, toIds } from "./policy.ts";
import { clientId } from "./schema.ts";

export const bulkArchive = mutation({
  name: "notifications.bulkArchive",
  summary: "Put many of one's own into the archive, or take them out",
  http: {
    method: "PUT",
    path: "/Notifications/bulk/archive",
    headers: { "x-client-id": "clientId" },
    aliases: { ids: "notificationIds" },
  },
  access: { caller: "user", scope: "notifications:write" },
  input: z.object({ notificationIds, archived: z.boolean().optional().describe("true unless given"), clientId }),
  output: bulkSchema,
  errors: ["outcome-unknown"],
  async handle(ctx, input) {
    const { db } = ctx.services;
    const userId = callerId(ctx);
    const done = await changeNotifications(db, ctx.tenantId, {
      operation: input.archived === false ? "unarchive" : "archive",
      userId,
      ids: toIds(input.notificationIds),
      clientHash: clientHashOf(ctx.tenantId, userId, input.clientId),
      now: db.moment(),
    });
    return presentBulk(input.notificationIds, done);
  },
});
