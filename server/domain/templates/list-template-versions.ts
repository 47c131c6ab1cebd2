import { z } from "zod";
import { requireUserId } from "../../ids.ts";
import { query } from "../../operation.ts";
import { readPage, toPage } from "../../persistence/paging.ts";
import { entityId, page, pageInput } from "../../schema.ts";
import { presentVersion, templateVersionSchema } from "./schema.ts";
import { pageVersions } from "./store.ts";

export const listTemplateVersions = query({
  name: "templates.listVersions",
  summary: "The versions of a template, newest first; the last 100 are kept",
  http: { method: "GET", path: "/admin/templates/{name}/versions" },
  access: { caller: "admin", scope: "admin" },
  input: z.object({ name: entityId, ...pageInput }),
  output: page(templateVersionSchema),
  async handle(ctx, { name, ...input }) {
    const pages = readPage(input);
    const { rows, total } = await pageVersions(ctx.services.db, ctx.tenantId, requireUserId(name), pages);
    return toPage(pages, total, rows.map(presentVersion));
  },
});
