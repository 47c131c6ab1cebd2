import { z } from "zod";
import { callerId, clientHashOf } from "../../caller.ts";
import { requireId } from "../../ids.ts";
import { mutation } from "../../operation.ts";
import { entityId } from "../../schema.ts";
import { changeNotification } from "./lane-store.ts";
import { presentOne } from "./presenter.ts";
import { clientId, notificationSchema } from "./schema.ts";

export const setSeen = mutation({
  name: "notifications.setSeen",
  summary: "Say that a notification was on one's screen",
  http: { method: "PUT", path: "/Notifications/{notificationId}/seen", headers: { "x-client-id": "clientId" } },
  access: { caller: "user", scope: "notifications:write" },
  input: z.object({ notificationId: entityId, clientId }),
  output: notificationSchema,
  errors: ["outcome-unknown"],
  async handle(ctx, input) {
    const { db } = ctx.services;
    const userId = callerId(ctx);
    const notification = await changeNotification(db, ctx.tenantId, {
      operation: "seen",
      userId,
      ids: [requireId(input.notificationId)],
      clientHash: clientHashOf(ctx.tenantId, userId, input.clientId),
      now: db.moment(),
    });
    return presentOne(ctx, notification);
  },
});
