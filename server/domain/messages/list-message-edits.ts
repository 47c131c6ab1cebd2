import { z } from "zod";
import { callerId } from "../../caller.ts";
import { requireId } from "../../ids.ts";
import { query } from "../../operation.ts";
import { readPage, toPage } from "../../persistence/paging.ts";
import { entityId, page, pageInput } from "../../schema.ts";
import { getVisibleMessage, listEdits } from "./store.ts";

const edit = z
  .object({
    version: z.number().int().describe("1 is what was sent first"),
    content: z.string(),
    metadata: z.record(z.string(), z.unknown()),
    editedBy: z.string().describe("Who replaced it"),
    editedAt: z.string().describe("When it was replaced"),
  })
  .meta({ id: "MessageEdit" });

export const listMessageEdits = query({
  name: "messages.listEdits",
  summary: "What a message said before each edit, oldest first",
  http: { method: "GET", path: "/Chat/{chatId}/messages/{messageId}/edits" },
  access: { caller: "user", scope: "messages:read" },
  input: z.object({ chatId: entityId, messageId: entityId, ...pageInput }),
  output: page(edit),
  async handle(ctx, input) {
    const of = { chatId: requireId(input.chatId), messageId: requireId(input.messageId) };
    await getVisibleMessage(ctx.services.db, ctx.tenantId, callerId(ctx), of);
    const pages = readPage(input);
    const { total, edits } = await listEdits(ctx.services.db, ctx.tenantId, of.messageId, pages);
    return toPage(pages, total, edits);
  },
});
