import { z } from "zod";
import { DomainError } from "../../errors.ts";
import { isId } from "../../ids.ts";
import { query } from "../../operation.ts";
import { readLimit, readPage, toPage, wantsCursor } from "../../persistence/paging.ts";
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
    const limit = readLimit(input.limit);
    const [before, after] = [readCursor(input.before), readCursor(input.after)];
    const rows = await listBatchesBetween(db, ctx.tenantId, { status: input.status, before, after, limit });
    const [newest, oldest] = [rows[0], rows.at(-1)];
    return {
      data: rows.map(presentBatch),
      nextCursor: oldest && (rows.length === limit || after !== undefined) ? oldest.id : null,
      prevCursor: newest ? newest.id : (after ?? null),
    };
  },
});

/** Cursors are ids. Throws `cursor_invalid`. */
function readCursor(cursor: string | undefined): string | undefined {
  if (cursor !== undefined && !isId(cursor)) throw new DomainError("cursor_invalid");
  return cursor?.toLowerCase();
}
