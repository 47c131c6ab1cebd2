import { z } from "zod";
import { callerId, clientHashOf } from "../../caller.ts";
import { requireId } from "../../ids.ts";
import { mutation } from "../../operation.ts";
import { entityId } from "../../schema.ts";
import { changeMessage } from "./lane-store.ts";
import { messageFields, messageSchema, presentMessage } from "./schema.ts";

export const deleteMessage = mutation({
  name: "messages.delete",
  summary: "Delete a message; a tombstone stays in its place",
  http: { method: "DELETE", path: "/Chat/{chatId}/messages/{messageId}", headers: { "x-client-id": "clientId" } },
  access: { caller: "user", scope: "messages:write" },
  input: z.object({ chatId: entityId, messageId: entityId, clientId: messageFields.clientId }),
  output: messageSchema,
  errors: ["outcome-unknown"],
  async handle(ctx, input) {
    const actor = callerId(ctx);
    const message = await changeMessage(ctx.services.db, ctx.tenantId, {
      operation: "delete",
      chatId: requireId(input.chatId),
      messageId: requireId(input.messageId),
      actor,
      admin: ctx.principal.admin,
      clientHash: clientHashOf(ctx.tenantId, actor, input.clientId),
    });
    return presentMessage(message);
  },
});
