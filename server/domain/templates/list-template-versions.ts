import { z } from "zod";
import { requireUserId } from "../../ids.ts";
import { query } from "../../operation.ts";
import { readPage, toPage } from "../../persistence/paging.ts";
import { boundedPageInput, entityId, page } from "../../schema.ts";
import { maxVersions, presentVersion, templateVersionSchema } from "./schema.ts";
import { pageVersions } from "./store.ts";

/** Beside the last ones the published one is kept, however old. */
const most = maxVersions + 1;

export const listTemplateVersions = query({
  name: "templates.listVersions",
  summary: "The versions of a template, newest first; the last 100 are kept",
  http: { method: "GET", path: "/admin/templates/{name}/versions" },
  access: { caller: "admin", scope: "admin" },
  input: z.object({ name: entityId, ...boundedPageInput(most) }),
  output: page(templateVersionSchema),
  async handle(ctx, { name, ...input }) {
    const pages = readPage(input, most);
    const { rows, total } = await pageVersions(ctx.services.db, ctx.tenantId, requireUserId(name), pages);
    return toPage(pages, total, rows.map(presentVersion));
  },
});
