import { z } from "zod";
import { query } from "../../operation.ts";
import { readPage, toPage } from "../../persistence/paging.ts";
import { page, pageInput } from "../../schema.ts";
import { presentSummary, templateSummarySchema } from "./schema.ts";
import { pageTemplates } from "./store.ts";

export const listTemplates = query({
  name: "templates.list",
  summary: "The tenant's templates, by name",
  http: { method: "GET", path: "/admin/templates" },
  access: { caller: "admin", scope: "admin" },
  input: z.object(pageInput),
  output: page(templateSummarySchema),
  async handle(ctx, input) {
    const pages = readPage(input);
    const { rows, total } = await pageTemplates(ctx.services.db, ctx.tenantId, pages);
    return toPage(pages, total, rows.map(presentSummary));
  },
});
