import { z } from "zod";
import { callerId, clientHashOf } from "../../caller.ts";
import { requireId } from "../../ids.ts";
import { mutation } from "../../operation.ts";
import { afterCommit } from "../../persistence/unit-of-work.ts";
import { entityId } from "../../schema.ts";
import { getMemberChat } from "../chats/store.ts";
import { messageFields } from "../messages/schema.ts";
import { moveRead as storeMove } from "./store.ts";

export const moveRead = mutation({
  name: "reads.move",
  summary: "Move one's read position forwards, or back with unread",
  http: { method: "PUT", path: "/Chat/{chatId}/read", headers: { "x-client-id": "clientId" } },
  access: { caller: "user", scope: "messages:read" },
  input: z.object({
    chatId: entityId,
    seq: z.number().int().min(0).max(Number.MAX_SAFE_INTEGER),
    unread: z
      .boolean()
      .optional()
      .describe("Mark unread from seq on: what is read before it stays read, nothing after it becomes read"),
    clientId: messageFields.clientId,
  }),
  output: z.object({ chatId: z.string(), lastReadSeq: z.number().int(), unreadCount: z.number().int() }),
  errors: ["outcome-unknown"],
  async handle(ctx, input) {
    const { db, live } = ctx.services;
    const chatId = requireId(input.chatId);
    const userId = callerId(ctx);
    const clientHash = clientHashOf(ctx.tenantId, userId, input.clientId);
    const moved = await storeMove(db, ctx.tenantId, {
      chatId,
      userId,
      seq: input.seq,
      back: input.unread ?? false,
      clientHash,
    });
    const chat = await afterCommit(() => getMemberChat(db, ctx.tenantId, userId, chatId));
    // What was read stays read to others: unread is a note to oneself, and so is what is read anew of it.
    const isNews = !input.unread && Math.max(input.seq, moved.seq) >= moved.furthest;
    if (chat.memberCount <= 100 && isNews) live.receipt(ctx.tenantId, userId, chatId, moved.furthest);
    return { chatId, lastReadSeq: moved.seq, unreadCount: chat.unread };
  },
});
