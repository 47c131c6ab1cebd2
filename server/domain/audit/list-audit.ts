import { z } from "zod";
import { query } from "../../operation.ts";
import { readByCursor } from "../../persistence/cursor-form.ts";
import { readTimeCursor, writeTimeCursor } from "../../persistence/time-cursor.ts";
import { cursorInput, cursorPage } from "../../schema.ts";
import { auditEntrySchema, auditFilter, entryId, presentEntry } from "./schema.ts";
import { listEntries } from "./store.ts";

export const listAudit = query({
  name: "audit.list",
  summary: "What those who run the tenant did, by console, key or Admin token, newest first",
  http: { method: "GET", path: "/admin/audit" },
  access: { caller: "admin", scope: "admin", console: "admin:credentials" },
  input: z.object({ ...auditFilter, id: entryId, before: cursorInput.before, limit: cursorInput.limit }),
  output: cursorPage(auditEntrySchema),
  errors: ["cursor_invalid"],
  async handle(ctx, { before, limit, ...filter }) {
    const { rows, nextCursor } = await readByCursor(
      { before, limit },
      {
        onward: "before",
        read: (cursor) => readTimeCursor(cursor),
        load: (span) => listEntries(ctx.services.db, ctx.tenantId, span, filter),
        write: writeTimeCursor,
      },
    );
    return { data: rows.map(presentEntry), nextCursor, prevCursor: null };
  },
});
