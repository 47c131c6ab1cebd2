import { z } from "zod";
import { DomainError } from "../../errors.ts";
import { requireId } from "../../ids.ts";
import { mutation } from "../../operation.ts";
import { unitOfWork } from "../../persistence/unit-of-work.ts";
import { empty, entityId } from "../../schema.ts";
import { getTask, removeTask } from "./store.ts";

export const deleteTask = mutation({
  name: "tasks.delete",
  summary: "Take out a task that is over, and the file that it made, before its time",
  http: { method: "DELETE", path: "/admin/tasks/{taskId}" },
  access: { caller: "admin", scope: "admin" },
  input: z.object({ taskId: entityId }),
  output: empty,
  errors: ["conflict"],
  async handle(ctx, input) {
    const taskId = requireId(input.taskId);
    return unitOfWork(ctx.services.db, ctx.tenantId, async ({ tx }) => {
      await getTask(tx, ctx.tenantId, taskId);
      if (!(await removeTask(tx, ctx.tenantId, taskId)))
        throw new DomainError("conflict", { detail: "It is still under way" });
      return {};
    });
  },
});
