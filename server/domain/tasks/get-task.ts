import { z } from "zod";
import { requireId } from "../../ids.ts";
import { query } from "../../operation.ts";
import { entityId } from "../../schema.ts";
import { presentTask, taskSchema } from "./schema.ts";
import { getTask as loadTask } from "./store.ts";

export const getTask = query({
  name: "tasks.get",
  summary: "How far an export or an erasure is",
  http: { method: "GET", path: "/admin/tasks/{taskId}" },
  access: { caller: "admin", scope: "admin" },
  input: z.object({ taskId: entityId }),
  output: taskSchema,
  async handle(ctx, { taskId }) {
    const { db } = ctx.services;
    return presentTask(await loadTask(db.forTenant(ctx.tenantId), ctx.tenantId, requireId(taskId)));
  },
});
