import { z } from "zod";
import { bodyHashOf, callerId, clientHashOf } from "../../caller.ts";
import { DomainError } from "../../errors.ts";
import { isId, newId, requireId } from "../../ids.ts";
import { mutation } from "../../operation.ts";
import { entityId, messageContent, text } from "../../schema.ts";
import { keepMembers } from "../members/store.ts";
import { storeMessage } from "./lane-store.ts";
import { messageFields, messageSchema, presentMessage } from "./schema.ts";

export const sendMessage = mutation({
  name: "messages.send",
  summary: "Send a message to a chat",
  http: {
    method: "POST",
    path: "/Chat/{chatId}/messages",
    status: 201,
    aliases: { message: "content", text: "content", body: "content" },
    headers: { "x-client-id": "clientId" },
  },
  access: { caller: "user", scope: "messages:write" },
  input: z.object({
    chatId: entityId,
    content: messageContent.describe("At most 16 KiB; also taken as message, text or body"),
    clientMessageId: text(200)
      .min(1)
      .optional()
      .describe("Unique per sender and chat, for ever: a repeat gets the first message"),
    replyToId: entityId.optional(),
    ...messageFields,
  }),
  output: messageSchema,
  errors: ["chat_frozen", "muted", "idempotency_reused", "outcome-unknown"],
  ownIdempotency: true,
  async handle(ctx, input) {
    const senderId = callerId(ctx);
    const chatId = requireId(input.chatId);
    const { content, clientMessageId, metadata = {}, mentionUserIds, clientId } = input;
    const replyToId = input.replyToId === undefined ? undefined : readReplyId(input.replyToId);
    const { db } = ctx.services;
    const mentioned = mentionUserIds?.length ? await keepMembers(db, ctx.tenantId, chatId, mentionUserIds) : [];
    const sent = await storeMessage(db, ctx.tenantId, {
      message: {
        id: newId(),
        chatId,
        content,
        senderId,
        metadata,
        ...(clientMessageId ? { clientMessageId } : {}),
        ...(replyToId ? { replyToId } : {}),
        ...(mentioned.length > 0 ? { mentionUserIds: mentioned } : {}),
      },
      idempotencyKey: ctx.idempotencyKey,
      bodyHash: bodyHashOf({ chatId, content, metadata, replyToId, mentionUserIds, clientMessageId }),
      clientHash: clientHashOf(ctx.tenantId, senderId, clientId),
    });
    if (sent.replayed) ctx.reply.headers["Idempotent-Replayed"] = "true";
    return presentMessage(sent.message);
  },
});

/** Throws `invalid`, as for every other id that is no message of the chat: `not_found` would be said of the chat. */
function readReplyId(id: string): string {
  if (!isId(id)) throw new DomainError("invalid", { errors: { replyToId: ["is no message of this chat"] } });
  return requireId(id);
}
