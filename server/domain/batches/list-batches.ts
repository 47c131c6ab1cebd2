import { z } from "zod";
import { query } from "../../operation.ts";
import { readPage, toPage } from "../../persistence/paging.ts";
import { page, pageInput } from "../../schema.ts";
import { batchSchema, presentBatch } from "./schema.ts";
import { pageBatches } from "./store.ts";

export const listBatches = query({
  name: "batches.list",
  summary: "Sends to many, newest first",
  http: { method: "GET", path: "/Notifications/batches" },
  access: { caller: "admin", scope: "notifications:read" },
  input: z.object({ ...pageInput, status: batchSchema.shape.status.optional() }),
  output: page(batchSchema),
  async handle(ctx, input) {
    const pages = readPage(input);
    const { rows, total } = await pageBatches(ctx.services.db, ctx.tenantId, input.status, pages);
    return toPage(pages, total, rows.map(presentBatch));
  },
});
