import { z } from "zod";
import { requireId } from "../../ids.ts";
import { query } from "../../operation.ts";
import { readPage, toPage } from "../../persistence/paging.ts";
import { entityId, page, pageInput } from "../../schema.ts";
import { caughtMailSchema, presentCaughtMail } from "./schema.ts";
import { pageCaughtMails } from "./store.ts";

export const listCaughtMails = query({
  name: "mail.listCaught",
  summary: "What the local catcher keeps because there is no mail server: the newest 200 mails, for a week",
  http: { method: "GET", path: "/admin/mail/caught" },
  access: { caller: "admin", scope: "admin" },
  input: z.object({ ...pageInput, deliveryId: entityId.optional().describe("Only the mails of one delivery") }),
  output: page(caughtMailSchema),
  async handle(ctx, { deliveryId, ...input }) {
    const pages = readPage(input);
    const of = deliveryId === undefined ? undefined : requireId(deliveryId);
    const { rows, total } = await pageCaughtMails(ctx.services.db, ctx.tenantId, pages, of);
    return toPage(pages, total, rows.map(presentCaughtMail));
  },
});
