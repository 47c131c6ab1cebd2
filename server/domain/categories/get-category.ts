import { z } from "zod";
import { DomainError } from "../../errors.ts";
import { requireUserId } from "../../ids.ts";
import { query } from "../../operation.ts";
import { entityId } from "../../schema.ts";
import { categorySchema, presentCategory } from "./schema.ts";
import { findCategory } from "./store.ts";

export const getCategory = query({
  name: "categories.get",
  summary: "What is declared of a type of notifications",
  http: { method: "GET", path: "/admin/categories/{type}" },
  access: { caller: "admin", scope: "admin" },
  input: z.object({ type: entityId }),
  output: categorySchema,
  async handle(ctx, { type }) {
    const row = await findCategory(ctx.services.db.forTenant(ctx.tenantId), ctx.tenantId, requireUserId(type));
    if (!row) throw new DomainError("not_found");
    return presentCategory(row);
  },
});
