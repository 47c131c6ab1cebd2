import { z } from "zod";
import { DomainError } from "../../errors.ts";
import { requireId } from "../../ids.ts";
import { type Context, mutation } from "../../operation.ts";
import { unitOfWork } from "../../persistence/unit-of-work.ts";
import { entityId } from "../../schema.ts";
import { changeNotifications } from "./lane-store.ts";
import { cancelScheduled } from "./store.ts";

export const removedSchema = z.object({ id: z.string(), status: z.enum(["deleted", "cancelled"]) });

export const adminRemoveNotification = mutation({
  name: "notifications.remove",
  summary: "Delete anybody's notification for ever, or cancel a scheduled one",
  http: { method: "DELETE", path: "/admin/notifications/{notificationId}" },
  access: { caller: "admin", scope: "admin" },
  input: z.object({ notificationId: entityId }),
  output: removedSchema,
  errors: ["outcome-unknown"],
  handle: (ctx, input) => removeNotification(ctx, { id: requireId(input.notificationId) }),
});

/** Deletes what is visible; without a user also anybody's, and cancels what is not there yet. Throws `not_found`. */
export async function removeNotification(
  { services: { db }, tenantId }: Context,
  of: { id: string; userId?: string | undefined; clientHash?: string | undefined },
): Promise<z.output<typeof removedSchema>> {
  const { id, userId, clientHash } = of;
  const removeVisible = async () => {
    const deletion = { operation: "delete" as const, userId, ids: [id], clientHash, now: db.moment() };
    return (await changeNotifications(db, tenantId, deletion)).changed > 0;
  };
  if (await removeVisible()) return { id, status: "deleted" };
  if (userId !== undefined) throw new DomainError("not_found");
  if (await unitOfWork(db, tenantId, (work) => cancelScheduled(work, tenantId, id))) return { id, status: "cancelled" };
  // Its time may have come between the two looks.
  if (await removeVisible()) return { id, status: "deleted" };
  throw new DomainError("not_found");
}
