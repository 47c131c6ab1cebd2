import { z } from "zod";
import { query } from "../../operation.ts";
import { listInForms, readNameCursor } from "../../persistence/cursor-form.ts";
import { cursorPage, nameCursorInput, page, pageInput } from "../../schema.ts";
import { presentSummary, templateSummarySchema } from "./schema.ts";
import { countTemplates, listTemplatesBetween } from "./store.ts";

export const listTemplates = query({
  name: "templates.list",
  summary: "The tenant's templates, by name",
  http: { method: "GET", path: "/admin/templates" },
  access: { caller: "admin", scope: "admin" },
  input: z.object({ ...pageInput, ...nameCursorInput }),
  output: z.union([page(templateSummarySchema), cursorPage(templateSummarySchema)]),
  errors: ["cursor_invalid"],
  async handle(ctx, input) {
    const { db } = ctx.services;
    return listInForms(input, {
      onward: "after",
      read: readNameCursor,
      load: (span) => listTemplatesBetween(db, ctx.tenantId, span),
      write: ({ name }) => name,
      count: () => countTemplates(db, ctx.tenantId),
      present: (rows) => rows.map(presentSummary),
    });
  },
});
