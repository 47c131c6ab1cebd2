import { z } from "zod";
import { query } from "../../operation.ts";
import { readPage, toPage } from "../../persistence/paging.ts";
import { page, pageInput, text } from "../../schema.ts";
import { presentSuppression, suppressionSchema } from "./schema.ts";
import { pageSuppressions } from "./store.ts";

export const listSuppressions = query({
  name: "suppressions.list",
  summary: "Addresses that get no mail, the newest first",
  http: { method: "GET", path: "/admin/suppressions" },
  access: { caller: "admin", scope: "admin" },
  input: z.object({ ...pageInput, search: text(254).optional().describe("A part of the address") }),
  output: page(suppressionSchema),
  async handle(ctx, { search, ...input }) {
    const pages = readPage(input);
    const { rows, total } = await pageSuppressions(ctx.services.db, ctx.tenantId, pages, search);
    return toPage(pages, total, rows.map(presentSuppression));
  },
});
