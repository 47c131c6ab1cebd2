import { z } from "zod";
import { query } from "../../operation.ts";
import { readLimit } from "../../persistence/paging.ts";
import { readTimeCursor, writeTimeCursor } from "../../persistence/time-cursor.ts";
import { cursorInput, cursorPage } from "../../schema.ts";
import { auditEntrySchema, auditFilter, presentEntry } from "./schema.ts";
import { listEntries } from "./store.ts";

export const listAudit = query({
  name: "audit.list",
  summary: "What those who run the tenant did, by console, key or Admin token, newest first",
  http: { method: "GET", path: "/admin/audit" },
  access: { caller: "admin", scope: "admin", console: "admin:credentials" },
  input: z.object({ ...auditFilter, before: cursorInput.before, limit: cursorInput.limit }),
  output: cursorPage(auditEntrySchema),
  errors: ["cursor_invalid"],
  async handle(ctx, { before, limit, ...filter }) {
    const range = { before: before === undefined ? undefined : readTimeCursor(before), limit: readLimit(limit) };
    const rows = await listEntries(ctx.services.db, ctx.tenantId, range, filter);
    const oldest = rows.at(-1);
    return {
      data: rows.map(presentEntry),
      nextCursor: oldest && rows.length === range.limit ? writeTimeCursor(oldest) : null,
      prevCursor: null,
    };
  },
});
