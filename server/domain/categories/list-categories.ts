import { z } from "zod";
import { query } from "../../operation.ts";
import { readPage, toPage } from "../../persistence/paging.ts";
import { boundedPageInput, page } from "../../schema.ts";
import { categorySchema, maxCategories, presentCategory } from "./schema.ts";
import { pageCategories } from "./store.ts";

export const listCategories = query({
  name: "categories.list",
  summary: "The declared types of notifications, by type",
  http: { method: "GET", path: "/admin/categories" },
  access: { caller: "admin", scope: "admin" },
  input: z.object(boundedPageInput(maxCategories)),
  output: page(categorySchema),
  async handle(ctx, input) {
    const pages = readPage(input, maxCategories);
    const { rows, total } = await pageCategories(ctx.services.db, ctx.tenantId, pages);
    return toPage(pages, total, rows.map(presentCategory));
  },
});
