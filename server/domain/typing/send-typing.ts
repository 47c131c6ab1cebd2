import { z } from "zod";
import { callerId } from "../../caller.ts";
import { requireId } from "../../ids.ts";
import { mutation } from "../../operation.ts";
import { empty, entityId } from "../../schema.ts";
import { getMemberChat } from "../chats/store.ts";

/** In larger chats typing would be noise, and a write a member. */
const largest = 1000;

export const sendTyping = mutation({
  name: "typing.send",
  summary: "Say that one is typing; repeat every few seconds, it ends by itself",
  http: { method: "POST", path: "/Chat/{chatId}/typing" },
  access: { caller: "user", scope: "messages:write" },
  input: z.object({ chatId: entityId }),
  output: empty,
  ownIdempotency: true, // nothing is stored, so a repeat is the same as the first
  async handle(ctx, input) {
    const userId = callerId(ctx);
    const chat = await getMemberChat(ctx.services.db, ctx.tenantId, userId, requireId(input.chatId));
    if (chat.memberCount <= largest) ctx.services.live.typing(ctx.tenantId, userId, chat.id);
    return {};
  },
});
