import { z } from "zod";
import { requireId } from "../../ids.ts";
import { mutation } from "../../operation.ts";
import { unitOfWork } from "../../persistence/unit-of-work.ts";
import { entityId } from "../../schema.ts";
import { batchSchema, presentBatch } from "./schema.ts";
import { cancelBatch as storeCancel } from "./store.ts";

export const cancelBatch = mutation({
  name: "batches.cancel",
  summary: "End a send to many; who was reached keeps it, what is scheduled is taken back",
  http: { method: "DELETE", path: "/Notifications/batches/{batchId}" },
  access: { caller: "admin", scope: "notifications:write" },
  input: z.object({ batchId: entityId }),
  output: batchSchema,
  errors: ["conflict"],
  async handle(ctx, input) {
    const { db, now } = ctx.services;
    const id = requireId(input.batchId);
    return await unitOfWork(db, ctx.tenantId, async (work) =>
      presentBatch(await storeCancel(work, ctx.tenantId, id, new Date(now()))),
    );
  },
});
