import { z } from "zod";
import { DomainError } from "../../errors.ts";
import { requireId } from "../../ids.ts";
import { mutation } from "../../operation.ts";
import { workOf } from "../../persistence/unit-of-work.ts";
import { entityId } from "../../schema.ts";
import { presentTask, taskSchema } from "./schema.ts";
import { cancelTask as endTask, getTask } from "./store.ts";

export const cancelTask = mutation({
  name: "tasks.cancel",
  summary: "Stop an export, or an erasure that has not begun: one that has goes on to its end",
  http: { method: "POST", path: "/admin/tasks/{taskId}/cancel" },
  access: { caller: "admin", scope: "admin" },
  input: z.object({ taskId: entityId }),
  output: taskSchema,
  errors: ["conflict"],
  async handle(ctx, input) {
    return workOf(ctx, async ({ tx }) => {
      const taskId = requireId(input.taskId);
      const ended = await endTask(tx, ctx.tenantId, taskId);
      const task = await getTask(tx, ctx.tenantId, taskId);
      if (!ended) throw new DomainError("conflict", { detail: "It is over, or an erasure that has begun" });
      return presentTask(task);
    });
  },
});
