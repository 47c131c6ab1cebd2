import { z } from "zod";
import { callerId } from "../../caller.ts";
import { requireId } from "../../ids.ts";
import { query } from "../../operation.ts";
import { entityId } from "../../schema.ts";
import { messageSchema, presentMessage } from "./schema.ts";
import { getVisibleMessage } from "./store.ts";

export const getMessage = query({
  name: "messages.get",
  summary: "One message",
  http: { method: "GET", path: "/Chat/{chatId}/messages/{messageId}" },
  access: { caller: "user", scope: "messages:read" },
  input: z.object({ chatId: entityId, messageId: entityId }),
  output: messageSchema,
  async handle(ctx, input) {
    const of = { chatId: requireId(input.chatId), messageId: requireId(input.messageId) };
    const message = await getVisibleMessage(ctx.services.db, ctx.tenantId, callerId(ctx), of);
    return presentMessage(message);
  },
});
