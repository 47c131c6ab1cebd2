import { z } from "zod";
import { query } from "../../operation.ts";
import type { Issuer as IssuerRow } from "../../persistence/generated/client.ts";
import { readPage, toPage } from "../../persistence/paging.ts";
import { page, pageInput } from "../../schema.ts";
import { issuerSchema, presentIssuer, presentKeys } from "./schema.ts";
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
    const { security } = ctx.services;
    const trusted = new Map((await security.snapshot(ctx.tenantId))?.issuers.map((issuer) => [issuer.id, issuer]));
    const present = (row: IssuerRow) => {
      const issuer = trusted.get(row.id);
      return { ...presentIssuer(row), ...presentKeys(issuer && security.verifier.fetchStateOf(issuer)) };
    };
    return toPage(pages, issuers.length, rows.map(present));
  },
});
