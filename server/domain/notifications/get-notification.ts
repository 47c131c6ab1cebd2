import { z } from "zod";
import { callerId } from "../../caller.ts";
import { DomainError } from "../../errors.ts";
import { requireId } from "../../ids.ts";
import { query } from "../../operation.ts";
import { entityId } from "../../schema.ts";
import { presentOne } from "./presenter.ts";
import { notificationSchema } from "./schema.ts";
import { findOwn } from "./store.ts";

export const getNotification = query({
  name: "notifications.get",
  summary: "One notification of the caller's own",
  http: { method: "GET", path: "/Notifications/{notificationId}" },
  access: { caller: "user", scope: "notifications:read" },
  input: z.object({ notificationId: entityId }),
  output: notificationSchema,
  async handle(ctx, input) {
    const { db } = ctx.services;
    const of = { id: requireId(input.notificationId), now: db.moment() };
    const found = await findOwn(db, ctx.tenantId, callerId(ctx), of);
    if (!found) throw new DomainError("not_found");
    return presentOne(ctx, found);
  },
});
