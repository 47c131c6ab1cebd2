import { z } from "zod";
import { requireUserId } from "../../ids.ts";
import { mutation } from "../../operation.ts";
import { entityId } from "../../schema.ts";
import { inRenderTime, missingVariables, renderLoosely } from "./policy.ts";
import { variables, versionNumber } from "./schema.ts";
import { getTemplate } from "./store.ts";

/** A POST, because its values do not fit an address; it changes nothing. */
export const previewTemplate = mutation({
  name: "templates.preview",
  summary: "What a template says with these values, or with its sample; and which variables have none. Changes nothing",
  http: { method: "POST", path: "/admin/templates/{name}/preview" },
  access: { caller: "admin", scope: "admin", console: "admin:read" },
  input: z.object({ name: entityId, version: versionNumber.optional(), variables: variables.optional() }),
  output: z
    .object({
      version: z.number().int(),
      subject: z.string(),
      message: z.string(),
      text: z.string().optional(),
      htmlContent: z.string().optional(),
      summary: z.string().optional(),
      missing: z.array(z.string()).describe("Variables that the template uses and that have no value"),
    })
    .meta({ id: "TemplatePreview" }),
  async handle(ctx, { name, version: number, variables }) {
    const client = ctx.services.db.forTenant(ctx.tenantId);
    const { version } = await getTemplate(client, ctx.tenantId, requireUserId(name), number);
    const values = variables ?? (version.sample as Record<string, unknown>);
    return inRenderTime(ctx, () => ({
      version: version.version,
      ...renderLoosely(version, values),
      missing: missingVariables(version, values),
    }));
  },
});
