import { z } from "zod";
import { callerId, clientHashOf } from "../../caller.ts";
import { requireId } from "../../ids.ts";
import { mutation } from "../../operation.ts";
import { entityId } from "../../schema.ts";
import { changeNotification } from "./lane-store.ts";
import { presentOne } from "./presenter.ts";
import { clientId, notificationSchema } from "./schema.ts";

export const setRead = mutation({
  name: "notifications.setRead",
  summary: "Mark a notification of one's own as read, or as unread",
  http: {
    method: "PUT",
    path: "/Notifications/{notificationId}/read",
    headers: { "x-client-id": "clientId" },
    aliases: { isRead: "read" },
    inQuery: ["read"],
  },
  access: { caller: "user", scope: "notifications:write" },
  input: z.object({ notificationId: entityId, read: z.boolean().optional().describe("true unless given"), clientId }),
  output: notificationSchema,
  errors: ["outcome-unknown"],
  async handle(ctx, input) {
    const { db } = ctx.services;
    const userId = callerId(ctx);
    const notification = await changeNotification(db, ctx.tenantId, {
      operation: input.read === false ? "unread" : "read",
      userId,
      ids: [requireId(input.notificationId)],
      clientHash: clientHashOf(ctx.tenantId, userId, input.clientId),
      now: db.moment(),
    });
    return presentOne(ctx, notification);
  },
});
