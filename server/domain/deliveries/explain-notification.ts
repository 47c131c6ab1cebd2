import { z } from "zod";
import { DomainError } from "../../errors.ts";
import { requireId } from "../../ids.ts";
import { query } from "../../operation.ts";
import { entityId } from "../../schema.ts";
import { findAny } from "../notifications/store.ts";
import { canManageUser } from "../users/policy.ts";
import { findDeliveriesOf, findTries } from "./lookup-store.ts";
import { detailedDeliverySchema, presentDetailed } from "./schema.ts";

export const explainNotification = query({
  name: "deliveries.explain",
  summary:
    "Why a notification did or did not arrive: one row a delivery channel, with its tries; where its mail went into a digest, that one's row too",
  http: { method: "GET", path: "/Notifications/{notificationId}/deliveries" },
  access: { caller: "user-or-key", scope: "notifications:read" },
  input: z.object({ notificationId: entityId }),
  output: z.object({ data: z.array(detailedDeliverySchema) }),
  async handle(ctx, { notificationId }) {
    const { db } = ctx.services;
    const rows = await findDeliveriesOf(db, ctx.tenantId, notificationId);
    // Before it is planned, and when its owner has deleted it, one of the two still says whose it is.
    const owner = rows[0]?.userId ?? (await findAny(db, ctx.tenantId, requireId(notificationId)))?.userId;
    if (owner === undefined || !canManageUser(ctx.principal, owner)) throw new DomainError("not_found");
    const ids = rows.map(({ id }) => id);
    const tries = await findTries(db, ctx.tenantId, ids);
    return { data: rows.map((row) => presentDetailed(row, tries.get(row.id) ?? [])) };
  },
});
