import { z } from "zod";
import { isId, nilId } from "../../ids.ts";
import { query } from "../../operation.ts";
import { cursorInput, cursorPage, entityId, instant, page, pageInput, userId } from "../../schema.ts";
import { notificationType } from "../categories/schema.ts";
import { listAllForms, presentForAdmin, withRecipients } from "./presenter.ts";
import { adminNotificationSchema } from "./schema.ts";

export const listAllNotifications = query({
  name: "notifications.listAll",
  summary: "Notifications of the whole tenant, newest first",
  http: { method: "GET", path: "/admin/notifications" },
  access: { caller: "admin", scope: "admin" },
  input: z.object({
    ...pageInput,
    ...cursorInput,
    userId: userId.optional(),
    type: notificationType.optional(),
    status: z.enum(["visible", "scheduled", "cancelled"]).optional(),
    batchId: entityId.optional().describe("Only those of one send to many"),
    since: instant.optional().describe("Made from then on"),
    until: instant.optional().describe("Made before then"),
    visibleSince: instant
      .optional()
      .describe("Only those that appeared in an inbox from then on, whenever they were made"),
  }),
  output: z.union([page(adminNotificationSchema), cursorPage(adminNotificationSchema)]),
  errors: ["cursor_invalid"],
  async handle(ctx, { userId, type, status, batchId, since, until, visibleSince, ...forms }) {
    // No batch has an id that is none: what it has made is then nothing, under an id that nothing has.
    const ofBatch = batchId === undefined || isId(batchId) ? batchId?.toLowerCase() : nilId;
    const asked = { userId, type, status, batchId: ofBatch, since, until, visibleSince };
    const { data, ...rest } = await listAllForms(ctx, asked, forms, presentForAdmin);
    return { ...rest, data: await withRecipients(ctx, data) };
  },
});
