import { z } from "zod";
import { requireId } from "../../ids.ts";
import { query } from "../../operation.ts";
import { entityId } from "../../schema.ts";
import { getBatch as loadBatch } from "./list-store.ts";
import { batchSchema, presentBatch } from "./schema.ts";

export const getBatch = query({
  name: "batches.get",
  summary: "How far a send to many is",
  http: { method: "GET", path: "/Notifications/batches/{batchId}" },
  access: { caller: "admin", scope: "notifications:read" },
  input: z.object({ batchId: entityId }),
  output: batchSchema,
  async handle(ctx, input) {
    return presentBatch(await loadBatch(ctx.services.db, ctx.tenantId, requireId(input.batchId)));
  },
});
