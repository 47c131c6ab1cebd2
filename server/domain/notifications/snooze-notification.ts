import { z } from "zod";
import { DomainError } from "../../errors.ts";
import { mutation } from "../../operation.ts";
import { tenantTransaction } from "../../persistence/prisma.ts";
import { afterCommit } from "../../persistence/unit-of-work.ts";
import { entityId, instant } from "../../schema.ts";
import { judgeSnoozedAnew } from "../digests/store.ts";
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
    const now = new Date(await db.now());
    const back = until === undefined ? now : new Date(until);
    if (until !== undefined && back <= now)
      throw new DomainError("invalid", { errors: { until: ["must be in the future"] } });
    const snoozed = await changeOne(ctx, notificationId, { operation: "snooze", until, clientId });
    // Its mail may have waited for a later time.
    await afterCommit(() =>
      tenantTransaction(db.prisma, ctx.tenantId, (tx) =>
        judgeSnoozedAnew(tx, ctx.tenantId, snoozed.id, { now, until: back }),
      ),
    );
    return snoozed;
  },
});
