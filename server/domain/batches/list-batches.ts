import { z } from "zod";
import { query } from "../../operation.ts";
import { readByCursor, readIdCursor } from "../../persistence/cursor-form.ts";
import { readPage, toPage, wantsCursor } from "../../persistence/paging.ts";
import { cursorInput, cursorPage, page, pageInput } from "../../schema.ts";
import { listBatchesBetween, pageBatches } from "./list-store.ts";
import { batchSchema, presentBatch } from "./schema.ts";

export const listBatches = query({
  name: "batches.list",
  summary: "Sends to many, newest first",
  http: { method: "GET", path: "/Notifications/batches" },
  access: { caller: "admin", scope: "notifications:read" },
  input: z.object({ ...pageInput, ...cursorInput, status: batchSchema.shape.status.optional() }),
  output: z.union([page(batchSchema), cursorPage(batchSchema)]),
  errors: ["cursor_invalid"],
  async handle(ctx, input) {
    const { db } = ctx.services;
    if (!wantsCursor(input)) {
      const pages = readPage(input);
      const { rows, total } = await pageBatches(db, ctx.tenantId, input.status, pages);
      return toPage(pages, total, rows.map(presentBatch));
    }
    const { rows, ...cursors } = await readByCursor(input, {
      onward: "before",
      read: readIdCursor,
      load: (span) => listBatchesBetween(db, ctx.tenantId, { status: input.status, ...span }),
      write: ({ id }) => id,
    });
    return { data: rows.map(presentBatch), ...cursors };
  },
});
