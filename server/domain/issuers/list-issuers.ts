import { z } from "zod";
import { query } from "../../operation.ts";
import { readPage, toPage } from "../../persistence/paging.ts";
import { page, pageInput } from "../../schema.ts";
import { issuerSchema, presentIssuer } from "./schema.ts";
import { listIssuers as loadIssuers } from "./store.ts";

export const listIssuers = query({
  name: "issuers.list",
  summary: "Who your tenant trusts to say who its users are; oldest first, secrets left out",
  http: { method: "GET", path: "/admin/issuers" },
  access: { caller: "admin", scope: "admin", console: "admin:credentials" },
  input: z.object(pageInput),
  output: page(issuerSchema),
  async handle(ctx, input) {
    const issuers = await loadIssuers(ctx.services.db, ctx.tenantId);
    const pages = readPage(input);
    const rows = issuers.slice(pages.offset, pages.offset + pages.pageSize);
    return toPage(pages, issuers.length, rows.map(presentIssuer));
  },
});
