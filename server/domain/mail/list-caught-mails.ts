import { z } from "zod";
import { requireId } from "../../ids.ts";
import { query } from "../../operation.ts";
import { listInForms, readIdCursor } from "../../persistence/cursor-form.ts";
import { cursorInput, cursorPage, entityId, page, pageInput } from "../../schema.ts";
import { caughtMailSchema, presentCaughtMail } from "./schema.ts";
import { countCaughtMails, listCaughtMailsBetween } from "./store.ts";

export const listCaughtMails = query({
  name: "mail.listCaught",
  summary: "What the local catcher keeps because there is no mail server: the newest 200 mails, for a week",
  http: { method: "GET", path: "/admin/mail/caught" },
  access: { caller: "admin", scope: "admin" },
  input: z.object({
    ...pageInput,
    ...cursorInput,
    deliveryId: entityId.optional().describe("Only the mails of one delivery"),
  }),
  output: z.union([page(caughtMailSchema), cursorPage(caughtMailSchema)]),
  errors: ["cursor_invalid"],
  async handle(ctx, { deliveryId, ...input }) {
    const { db } = ctx.services;
    const of = deliveryId === undefined ? undefined : requireId(deliveryId);
    return listInForms(input, {
      onward: "before",
      read: readIdCursor,
      load: (span) => listCaughtMailsBetween(db, ctx.tenantId, span, of),
      write: ({ id }) => id,
      count: () => countCaughtMails(db, ctx.tenantId, of),
      present: (rows) => rows.map(presentCaughtMail),
    });
  },
});
