import { z } from "zod";
import { requireUserId } from "../../ids.ts";
import { mutation } from "../../operation.ts";
import { workOf } from "../../persistence/unit-of-work.ts";
import { entityId } from "../../schema.ts";
import { presentTask, taskSchema } from "../tasks/schema.ts";
import { starterOf, startTask } from "../tasks/store.ts";
import { ensureKnown } from "./store.ts";

export const exportUser = mutation({
  name: "users.export",
  summary:
    "Write everything that is kept of a user into a file of JSON lines: profile, preferences, chats, messages, notifications, deliveries; a task",
  http: { method: "POST", path: "/admin/users/{userId}/export", status: 201 },
  access: { caller: "admin", scope: "admin" },
  input: z.object({ userId: entityId }),
  output: taskSchema,
  errors: ["conflict"],
  async handle(ctx, input) {
    const userId = requireUserId(input.userId);
    const task = { kind: "export-user" as const, subject: userId, startedBy: starterOf(ctx.principal) };
    return workOf(ctx, async ({ tx }) => {
      await ensureKnown(tx, ctx.tenantId, userId);
      return presentTask(await startTask(tx, ctx.tenantId, task));
    });
  },
});
