import { z } from "zod";
import { query } from "../../operation.ts";
import { readPage, toPage } from "../../persistence/paging.ts";
import { boundedPageInput, page } from "../../schema.ts";
import { apiKeySchema, maxKeys, presentKey } from "./schema.ts";
import { listKeys } from "./store.ts";

export const listApiKeys = query({
  name: "apiKeys.list",
  summary: "The tenant's API keys: primary, secondary, then the named ones. The keys themselves are not kept",
  http: { method: "GET", path: "/admin/api-keys" },
  access: { caller: "admin", scope: "admin", console: "admin:credentials" },
  input: z.object(boundedPageInput(maxKeys)),
  output: page(apiKeySchema),
  async handle(ctx, input) {
    const keys = await listKeys(ctx.services.db, ctx.tenantId);
    const pages = readPage(input, maxKeys);
    const rows = keys.slice(pages.offset, pages.offset + pages.pageSize);
    return toPage(pages, keys.length, rows.map(presentKey));
  },
});
