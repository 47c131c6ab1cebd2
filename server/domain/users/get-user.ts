import { z } from "zod";
import { DomainError } from "../../errors.ts";
import { requireUserId } from "../../ids.ts";
import { query } from "../../operation.ts";
import { entityId } from "../../schema.ts";
import { ensureManageable } from "./policy.ts";
import { presentUser, userSchema } from "./schema.ts";
import { findUser, isNamedAnywhere } from "./store.ts";

export const getUser = query({
  name: "users.get",
  summary: "A user's profile: one's own, or anybody's with a key or as Admin",
  http: { method: "GET", path: "/Users/{userId}" },
  access: { caller: "user-or-key", scope: "users:read" },
  input: z.object({ userId: entityId }),
  output: userSchema,
  errors: ["forbidden"],
  async handle(ctx, { userId }) {
    ensureManageable(ctx.principal, userId);
    const { db } = ctx.services;
    requireUserId(userId);
    const row = await findUser(db, ctx.tenantId, userId);
    // Of who was erased no more is shown than that others' words stand under the id.
    if (row && row.erasedAt === null) return presentUser(row);
    // Known without a profile: the caller itself, and whom a membership, a notification, a subscription or preferences name, or have named.
    const known = ctx.principal.userId === userId || (await isNamedAnywhere(db, ctx.tenantId, userId));
    if (!known) throw new DomainError("not_found");
    return { userId, metadata: {} };
  },
});
