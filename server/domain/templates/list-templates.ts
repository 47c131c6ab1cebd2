import { z } from "zod";
import { query } from "../../operation.ts";
import { readByCursor, readNameCursor } from "../../persistence/cursor-form.ts";
import { readPage, toPage, wantsCursor } from "../../persistence/paging.ts";
import { cursorPage, nameCursorInput, page, pageInput } from "../../schema.ts";
import { presentSummary, templateSummarySchema } from "./schema.ts";
import { listTemplatesBetween, pageTemplates } from "./store.ts";

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
    if (wantsCursor(input)) {
      const { rows, ...cursors } = await readByCursor(input, {
        onward: "after",
        read: readNameCursor,
        load: (span) => listTemplatesBetween(db, ctx.tenantId, span),
        write: ({ name }) => name,
      });
      return { data: rows.map(presentSummary), ...cursors };
    }
    const pages = readPage(input);
    const { rows, total } = await pageTemplates(db, ctx.tenantId, pages);
    return toPage(pages, total, rows.map(presentSummary));
  },
});
