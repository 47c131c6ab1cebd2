import { z } from "zod";
import { query } from "../../operation.ts";
import { listInForms } from "../../persistence/cursor-form.ts";
import { readTimeCursor, writeTimeCursor } from "../../persistence/time-cursor.ts";
import { cursorInput, cursorPage, page, pageInput, text } from "../../schema.ts";
import { presentSuppression, suppressionSchema } from "./schema.ts";
import { countSuppressions, listSuppressionsBetween } from "./store.ts";

export const listSuppressions = query({
  name: "suppressions.list",
  summary: "Addresses that get no mail, the newest first",
  http: { method: "GET", path: "/admin/suppressions" },
  access: { caller: "admin", scope: "admin" },
  input: z.object({ ...pageInput, ...cursorInput, search: text(254).optional().describe("A part of the address") }),
  output: z.union([page(suppressionSchema), cursorPage(suppressionSchema)]),
  errors: ["cursor_invalid"],
  async handle(ctx, { search, ...input }) {
    const { db } = ctx.services;
    return listInForms(input, {
      onward: "before",
      read: (cursor) => readTimeCursor(cursor, text(254)),
      load: (span) => listSuppressionsBetween(db, ctx.tenantId, span, search),
      write: ({ createdAt, address }) => writeTimeCursor({ at: createdAt, id: address }),
      count: () => countSuppressions(db, ctx.tenantId, search),
      present: (rows) => rows.map(presentSuppression),
    });
  },
});
