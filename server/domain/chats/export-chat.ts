import { z } from "zod";
import { requireId } from "../../ids.ts";
import { mutation } from "../../operation.ts";
import { workOf } from "../../persistence/unit-of-work.ts";
import { entityId } from "../../schema.ts";
import { presentTask, taskSchema } from "../tasks/schema.ts";
import { starterOf, startTask } from "../tasks/store.ts";
import { getTenantChat } from "./store.ts";

export const exportTenantChat = mutation({
  name: "adminChats.export",
  summary: "Write a chat, its members and all its messages with their edits into a file of JSON lines: a task",
  http: { method: "POST", path: "/admin/chats/{chatId}/export", status: 201 },
  access: { caller: "admin", scope: "admin" },
  input: z.object({ chatId: entityId }),
  output: taskSchema,
  errors: ["conflict"],
  async handle(ctx, input) {
    const { db } = ctx.services;
    const chatId = requireId(input.chatId);
    await getTenantChat(db, ctx.tenantId, chatId);
    const task = { kind: "export-chat" as const, subject: chatId, startedBy: starterOf(ctx.principal) };
    return workOf(ctx, async ({ tx }) => presentTask(await startTask(tx, ctx.tenantId, task)));
  },
});
