import { z } from "zod";
import { DomainError } from "../../errors.ts";
import { requireId } from "../../ids.ts";
import { query } from "../../operation.ts";
import { entityId } from "../../schema.ts";
import { fileName } from "./schema.ts";
import { getTask, getTaskPart } from "./store.ts";

export const downloadTask = query({
  name: "tasks.download",
  summary: "A part of the file that an export made, of whole JSON lines: ask from 1 to `parts`, and put them together",
  http: { method: "GET", path: "/admin/tasks/{taskId}/file" },
  access: { caller: "admin", scope: "admin", console: "admin:write" },
  input: z.object({ taskId: entityId, part: z.number().int().min(1).max(1_000_000).default(1) }),
  output: z.object({
    name: z.string(),
    contentType: z.literal("application/x-ndjson"),
    part: z.number().int(),
    parts: z.number().int(),
    body: z.string(),
  }),
  errors: ["conflict"],
  async handle(ctx, { taskId, part }) {
    const { db } = ctx.services;
    const task = await getTask(db.forTenant(ctx.tenantId), ctx.tenantId, requireId(taskId));
    if (task.status !== "done" || task.kind === "erase-user")
      throw new DomainError("conflict", { detail: "There is no file, or not yet" });
    const body = await getTaskPart(db, ctx.tenantId, { taskId: task.id, number: part });
    return { name: fileName(task), contentType: "application/x-ndjson" as const, part, parts: task.parts, body };
  },
});
