import { z } from "zod";
import { DomainError } from "../../errors.ts";
import { requireId } from "../../ids.ts";
import { mutation } from "../../operation.ts";
import { afterCommit, maxEventsAStep, unitOfWork } from "../../persistence/unit-of-work.ts";
import { entityId } from "../../schema.ts";
import { getBatch } from "./list-store.ts";
import { batchSchema, presentBatch } from "./schema.ts";
import { endBatch, takeBackSome } from "./store.ts";

export const cancelBatch = mutation({
  name: "batches.cancel",
  summary: "End a send to many; who was reached keeps it, what is scheduled is taken back",
  http: { method: "DELETE", path: "/Notifications/batches/{batchId}" },
  access: { caller: "admin", scope: "notifications:write" },
  input: z.object({ batchId: entityId }),
  output: batchSchema,
  errors: ["conflict", "outcome-unknown"],
  async handle(ctx, input) {
    const { db } = ctx.services;
    const { tenantId } = ctx;
    const id = requireId(input.batchId);
    const now = new Date(await db.now());
    const ending = unitOfWork(db, tenantId, (work) => endBatch(work, tenantId, id, now));
    const { row, hadToCome } = (await ending) as Awaited<ReturnType<typeof endBatch>>;
    // In steps: all of the tenant waits for each. Whoever finds it ended already goes on with what another left.
    let taken = 0;
    const step = async () =>
      (await unitOfWork(db, tenantId, (work) =>
        takeBackSome(work, tenantId, id, { limit: maxEventsAStep, now }),
      )) as number;
    for (let some = maxEventsAStep; some === maxEventsAStep; taken += some)
      some = await (hadToCome || taken > 0 ? afterCommit(step) : step());
    if (taken > 0) return presentBatch(await afterCommit(() => getBatch(db, tenantId, id)));
    if (row.status === "failed") throw new DomainError("conflict", { detail: "It failed: nobody else will get it" });
    if (row.status !== "cancelled") throw new DomainError("conflict", { detail: "It has reached everybody already" });
    return presentBatch(row);
  },
});
