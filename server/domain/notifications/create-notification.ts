import { z } from "zod";
import { bodyHashOf } from "../../caller.ts";
import { newId } from "../../ids.ts";
import { mutation } from "../../operation.ts";
import { createNotification as storeNotification } from "./lane-store.ts";
import { filingOf, idempotencyOf, readContent, requireSoundTimes, scheduleOf } from "./policy.ts";
import {
  contentAliases,
  notificationFields,
  notificationSchema,
  personalFields,
  presentNotification,
} from "./schema.ts";
import { findZones } from "./store.ts";

export const createNotification = mutation({
  name: "notifications.create",
  summary: "Tell a user something, now or at a time",
  http: { method: "POST", path: "/Notifications", status: 201, aliases: contentAliases },
  access: { caller: "admin", scope: "notifications:write" },
  input: z.object(notificationFields),
  output: notificationSchema,
  personal: [...personalFields, "variables", "email"],
  errors: ["idempotency_reused", "outcome-unknown"],
  ownIdempotency: true,
  async handle(ctx, input) {
    const { db } = ctx.services;
    const zones = input.scheduledForLocal
      ? await findZones(db.forTenant(ctx.tenantId), ctx.tenantId, [input.userId])
      : undefined;
    const scheduledFor = scheduleOf(input, zones?.(input.userId));
    const { expiresAt } = input;
    if (expiresAt !== undefined) requireSoundTimes({ expiresAt, scheduledFor }, await db.now());
    const { content, rules } = await readContent(ctx, input, [input.userId]);
    const { notification, replayed } = await storeNotification(db, ctx.tenantId, {
      id: newId(),
      userId: input.userId,
      content,
      filed: filingOf(rules, content.type)(input.userId),
      email: input.email,
      scheduledFor,
      scheduledLocal: input.scheduledForLocal,
      key: idempotencyOf(ctx, "notifications.create", bodyHashOf(input)),
      now: db.moment(),
    });
    if (replayed) ctx.reply.headers["Idempotent-Replayed"] = "true";
    const asked = { email: { status: "pending", at: notification.createdAt } };
    return presentNotification(notification, input.email === undefined ? {} : asked);
  },
});
