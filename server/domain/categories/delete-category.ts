import { z } from "zod";
import { requireUserId } from "../../ids.ts";
import { mutation } from "../../operation.ts";
import { unitOfWork } from "../../persistence/unit-of-work.ts";
import { empty, entityId } from "../../schema.ts";
import { removeCategory } from "./store.ts";

export const deleteCategory = mutation({
  name: "categories.delete",
  summary: "Take back a declaration; notifications of the type go on as of any undeclared one",
  http: { method: "DELETE", path: "/admin/categories/{type}" },
  access: { caller: "admin", scope: "admin" },
  input: z.object({ type: entityId }),
  output: empty,
  async handle(ctx, { type }) {
    await unitOfWork(ctx.services.db, ctx.tenantId, ({ tx }) => removeCategory(tx, ctx.tenantId, requireUserId(type)));
    return {};
  },
});
