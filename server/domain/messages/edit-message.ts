import { z } from "zod";
import { callerId, clientHashOf } from "../../caller.ts";
import { DomainError } from "../../errors.ts";
import { requireId } from "../../ids.ts";
import { mutation } from "../../operation.ts";
import { entityId, messageContent } from "../../schema.ts";
import { keepMembers } from "../members/store.ts";
import { changeMessage } from "./lane-store.ts";
import { messageFields, messageSchema, presentMessage } from "./schema.ts";

export const editMessage = mutation({
  name: "messages.edit",
  summary: "Change a message; what it said before is kept",
  http: {
    method: "PATCH",
    path: "/Chat/{chatId}/messages/{messageId}",
    aliases: { message: "content", text: "content", body: "content" },
    headers: { "x-client-id": "clientId" },
  },
  access: { caller: "user", scope: "messages:write" },
  input: z.object({ chatId: entityId, messageId: entityId, content: messageContent.optional(), ...messageFields }),
  output: messageSchema,
  errors: ["chat_frozen", "muted", "conflict", "outcome-unknown"],
  async handle(ctx, input) {
    const actor = callerId(ctx);
    if (input.content === undefined && input.metadata === undefined && input.mentionUserIds === undefined)
      throw new DomainError("invalid", { errors: { content: ["or something else to change is needed"] } });
    const { db } = ctx.services;
    const chatId = requireId(input.chatId);
    const mentioned = input.mentionUserIds && (await keepMembers(db, ctx.tenantId, chatId, input.mentionUserIds));
    const message = await changeMessage(db, ctx.tenantId, {
      operation: "edit",
      chatId,
      messageId: requireId(input.messageId),
      actor,
      admin: ctx.principal.admin,
      content: input.content,
      metadata: input.metadata,
      mentionUserIds: mentioned,
      clientHash: clientHashOf(ctx.tenantId, actor, input.clientId),
    });
    return presentMessage(message);
  },
});
