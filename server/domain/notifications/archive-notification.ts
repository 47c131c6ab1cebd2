import { z } from "zod";
import { callerId, clientHashOf } from "../../caller.ts";
import { requireId } from "../../ids.ts";
import { mutation } from "../../operation.ts";
import { entityId } from "../../schema.ts";
import { changeNotification } from "./lane-store.ts";
import { presentOne } from "./presenter.ts";
import { clientId, notificationSchema } from "./schema.ts";

export const setArchived = mutation({
  name: "notifications.setArchived",
  summary: "Put a notification of one's own into the archive, or take it out",
  http: { method: "PUT", path: "/Notifications/{notificationId}/archive", headers: { "x-client-id": "clientId" } },
  access: { caller: "user", scope: "notifications:write" },
  input: z.object({
    notificationId: entityId,
    archived: z.boolean().optional().describe("true unless given"),
    clientId,
  }),
  output: notificationSchema,
  errors: ["outcome-unknown"],
  async handle(ctx, input) {
    const { db } = ctx.services;
    const userId = callerId(ctx);
    const notification = await changeNotification(db, ctx.tenantId, {
      operation: input.archived === false ? "unarchive" : "archive",
      userId,
      ids: [requireId(input.notificationId)],
      clientHash: clientHashOf(ctx.tenantId, userId, input.clientId),
      now: db.moment(),
    });
    return presentOne(ctx, notification);
  },
});
