import { z } from "zod";
import { DomainError } from "../../errors.ts";
import { requireId } from "../../ids.ts";
import { mutation } from "../../operation.ts";
import { unitOfWork } from "../../persistence/unit-of-work.ts";
import { entityId } from "../../schema.ts";
import { ensureMetadata } from "../categories/policy.ts";
import { findCategory } from "../categories/store.ts";
import { htmlOf, requireSoundTimes, scheduleOf } from "./policy.ts";
import {
  contentAliases,
  contentFields,
  notificationFields,
  notificationSchema,
  personalFields,
  presentNotification,
} from "./schema.ts";
import { changeScheduled, findZones, getScheduled } from "./store.ts";

const { type, template: _template, variables: _variables, ...optional } = contentFields;

export const updateNotification = mutation({
  name: "notifications.update",
  summary:
    "Change a notification that is not there yet, or its time; another message alone takes the place of its HTML, too",
  http: { method: "PATCH", path: "/Notifications/{notificationId}", aliases: contentAliases },
  access: { caller: "admin", scope: "notifications:write" },
  input: z.object({
    notificationId: entityId,
    ...optional,
    type: type.removeDefault().optional(),
    email: notificationFields.email,
  }),
  output: notificationSchema,
  personal: [...personalFields, "email"],
  errors: ["conflict"],
  async handle(ctx, { notificationId, ...change }) {
    const { db } = ctx.services;
    const { tenantId } = ctx;
    const id = requireId(notificationId);
    const now = await db.now();
    return await unitOfWork(db, tenantId, async (work) => {
      await work.lockHead();
      const row = await getScheduled(work.tx, tenantId, id);
      if (row.status !== "scheduled")
        throw new DomainError("conflict", { detail: "Only what is scheduled can be changed" });
      const zones = change.scheduledForLocal ? await findZones(work.tx, tenantId, [row.userId]) : undefined;
      const scheduledFor = scheduleOf(change, zones?.(row.userId));
      const appears = scheduledFor ?? row.scheduledFor?.toISOString();
      const expiresAt = change.expiresAt ?? row.expiresAt?.toISOString();
      requireSoundTimes({ expiresAt, scheduledFor: appears }, now);
      if (change.type !== undefined || change.metadata !== undefined) {
        const category = await findCategory(work.tx, tenantId, change.type ?? row.type);
        ensureMetadata(category, change.metadata ?? (row.metadata as Record<string, unknown>));
      }
      const htmlContent = htmlOf(change, row);
      return presentNotification(
        await changeScheduled(work.tx, tenantId, id, { ...change, htmlContent, scheduledFor }),
      );
    });
  },
});
