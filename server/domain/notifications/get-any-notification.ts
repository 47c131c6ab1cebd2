import { z } from "zod";
import { DomainError } from "../../errors.ts";
import { requireId } from "../../ids.ts";
import { query } from "../../operation.ts";
import { entityId } from "../../schema.ts";
import { presentForAdmin, presentNotifications, withRecipients } from "./presenter.ts";
import { adminNotificationSchema, presentNotification } from "./schema.ts";
import { findAny, loadNotifications } from "./store.ts";

export const getAnyNotification = query({
  name: "notifications.getAny",
  summary: "One notification of the tenant, whoever's and whatever its state",
  http: { method: "GET", path: "/admin/notifications/{notificationId}" },
  access: { caller: "admin", scope: "admin" },
  input: z.object({ notificationId: entityId }),
  output: adminNotificationSchema,
  async handle(ctx, input) {
    const { db } = ctx.services;
    const id = requireId(input.notificationId);
    const row = await findAny(db, ctx.tenantId, id);
    const stored = (await loadNotifications(db.pool, ctx.tenantId, [id])).get(id);
    if (!row || !stored) throw new DomainError("not_found");
    const [shown] = await presentNotifications(ctx, [stored]);
    const [one] = await withRecipients(ctx, [presentForAdmin(shown ?? presentNotification(stored), row)]);
    if (!one) throw new DomainError("not_found");
    return one;
  },
});
