import { z } from "zod";
import { mutation } from "../../operation.ts";
import { workOf } from "../../persistence/unit-of-work.ts";
import { onlyNew } from "../../schema.ts";
import { onlyIf, presentTemplate, templateFields, templateName, templateSchema } from "./schema.ts";
import { publishVersion, saveDraft } from "./store.ts";

export const saveTemplate = mutation({
  name: "templates.save",
  summary:
    "Write a template's draft as a whole. Sends go on with the published version until the draft is published too",
  http: { method: "PUT", path: "/admin/templates/{name}" },
  access: { caller: "admin", scope: "admin" },
  input: z.object({
    name: templateName,
    ...templateFields,
    onlyNew,
    onlyIf,
    publish: z.boolean().default(false).describe("Publish it at once"),
  }),
  output: templateSchema,
  errors: ["conflict"],
  async handle(ctx, { name, publish, ...draft }) {
    return workOf(ctx, async ({ tx }) => {
      const saved = await saveDraft(tx, ctx.tenantId, name, draft);
      return presentTemplate(publish ? await publishVersion(tx, ctx.tenantId, name) : saved);
    });
  },
});
