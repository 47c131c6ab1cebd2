import { z } from "zod";
import { callerId, clientHashOf } from "../../caller.ts";
import { requireId } from "../../ids.ts";
import { mutation } from "../../operation.ts";
import { entityId } from "../../schema.ts";
import { actsForAll } from "./policy.ts";
import { removedSchema, removeNotification } from "./remove-notification.ts";
import { clientId } from "./schema.ts";

export const deleteNotification = mutation({
  name: "notifications.delete",
  summary: "Delete a notification of one's own for ever; keys and Admins: anybody's, or cancel a scheduled one",
  http: { method: "DELETE", path: "/Notifications/{notificationId}", headers: { "x-client-id": "clientId" } },
  access: { caller: "user-or-key", scope: "notifications:write" },
  input: z.object({ notificationId: entityId, clientId }),
  output: removedSchema,
  errors: ["outcome-unknown"],
  async handle(ctx, input) {
    const { userId } = ctx.principal;
    return await removeNotification(ctx, {
      id: requireId(input.notificationId),
      userId: actsForAll(ctx) ? undefined : callerId(ctx),
      clientHash: userId === undefined ? undefined : clientHashOf(ctx.tenantId, userId, input.clientId),
    });
  },
});
