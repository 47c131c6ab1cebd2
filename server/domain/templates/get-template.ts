import { z } from "zod";
import { requireUserId } from "../../ids.ts";
import { query } from "../../operation.ts";
import { entityId } from "../../schema.ts";
import { presentTemplate, templateSchema, versionNumber } from "./schema.ts";
import { getTemplate as loadTemplate } from "./store.ts";

export const getTemplate = query({
  name: "templates.get",
  summary: "A template with its newest version, or the one asked for",
  http: { method: "GET", path: "/admin/templates/{name}" },
  access: { caller: "admin", scope: "admin" },
  input: z.object({ name: entityId, version: versionNumber.optional() }),
  output: templateSchema,
  async handle(ctx, { name, version }) {
    const client = ctx.services.db.forTenant(ctx.tenantId);
    return presentTemplate(await loadTemplate(client, ctx.tenantId, requireUserId(name), version));
  },
});
