import { z } from "zod";
import { requireUserId } from "../../ids.ts";
import { mutation } from "../../operation.ts";
import { unitOfWork } from "../../persistence/unit-of-work.ts";
import { empty, entityId } from "../../schema.ts";
import { removeTemplate } from "./store.ts";

export const deleteTemplate = mutation({
  name: "templates.delete",
  summary: "Delete a template with all its versions; what was sent with it stays as it is",
  http: { method: "DELETE", path: "/admin/templates/{name}" },
  access: { caller: "admin", scope: "admin" },
  input: z.object({ name: entityId }),
  output: empty,
  async handle(ctx, { name }) {
    await unitOfWork(ctx.services.db, ctx.tenantId, ({ tx }) => removeTemplate(tx, ctx.tenantId, requireUserId(name)));
    return {};
  },
});
