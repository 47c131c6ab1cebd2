import { z } from "zod";
import { query } from "../../operation.ts";
import { listInForms, readIdCursor } from "../../persistence/cursor-form.ts";
import { cursorInput, cursorPage, page, pageInput } from "../../schema.ts";
import { countBatches, listBatchesBetween } from "./list-store.ts";
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
    return listInForms(input, {
      onward: "before",
      read: readIdCursor,
      load: (span) => listBatchesBetween(db, ctx.tenantId, { status: input.status, ...span }),
      write: ({ id }) => id,
      count: () => countBatches(db, ctx.tenantId, input.status),
      present: (rows) => rows.map(presentBatch),
    });
  },
});
