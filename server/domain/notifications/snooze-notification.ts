import { z } from "zod";
import { callerId, clientHashOf } from "../../caller.ts";
import { DomainError } from "../../errors.ts";
import { requireId } from "../../ids.ts";
import { mutation } from "../../operation.ts";
import { entityId, instant } from "../../schema.ts";
import { changeNotification } from "./lane-store.ts";
import { presentOne } from "./presenter.ts";
import { clientId, notificationSchema } from "./schema.ts";

export const snoozeNotification = mutation({
  name: "notifications.snooze",
  summary: "Send a notification of one's own away until a time; it comes back by itself",
  http: {
    method: "PUT",
    path: "/Notifications/{notificationId}/snooze",
    headers: { "x-client-id": "clientId" },
    aliases: { snoozedUntil: "until" },
  },
  access: { caller: "user", scope: "notifications:write" },
  input: z.object({
    notificationId: entityId,
    until: instant.optional().describe("Left out, it comes back now"),
    clientId,
  }),
  output: notificationSchema,
  errors: ["outcome-unknown"],
  async handle(ctx, { notificationId, until, clientId }) {
    const { db } = ctx.services;
    const userId = callerId(ctx);
    if (until !== undefined && Date.parse(until) <= (await db.now()))
      throw new DomainError("invalid", { errors: { until: ["must be in the future"] } });
    const notification = await changeNotification(db, ctx.tenantId, {
      operation: "snooze",
      userId,
      ids: [requireId(notificationId)],
      until,
      clientHash: clientHashOf(ctx.tenantId, userId, clientId),
      now: db.moment(),
    });
    return presentOne(ctx, notification);
  },
});
