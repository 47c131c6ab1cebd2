import { z } from "zod";
import { requireUserId } from "../../ids.ts";
import { mutation } from "../../operation.ts";
import { workOf } from "../../persistence/unit-of-work.ts";
import { entityId } from "../../schema.ts";
import { presentTemplate, templateSchema } from "./schema.ts";
import { rollBackVersion } from "./store.ts";

export const rollBackTemplate = mutation({
  name: "templates.rollBack",
  summary: "Take the published version back for the one that was published before it",
  http: { method: "POST", path: "/admin/templates/{name}/rollback" },
  access: { caller: "admin", scope: "admin" },
  input: z.object({ name: entityId }),
  output: templateSchema,
  errors: ["conflict"],
  async handle(ctx, { name }) {
    return workOf(ctx, async ({ tx }) => presentTemplate(await rollBackVersion(tx, ctx.tenantId, requireUserId(name))));
  },
});
