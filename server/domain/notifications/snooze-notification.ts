import { z } from "zod";
import { DomainError } from "../../errors.ts";
import { mutation } from "../../operation.ts";
import { entityId, instant } from "../../schema.ts";
import { changeOne } from "./change-own.ts";
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
    if (until !== undefined && Date.parse(until) <= (await db.now()))
      throw new DomainError("invalid", { errors: { until: ["must be in the future"] } });
    return await changeOne(ctx, notificationId, { operation: "snooze", until, clientId });
  },
});
