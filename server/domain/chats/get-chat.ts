import { z } from "zod";
import { callerId } from "../../caller.ts";
import { DomainError } from "../../errors.ts";
import { requireId } from "../../ids.ts";
import { query } from "../../operation.ts";
import { entityId } from "../../schema.ts";
import { markPosition } from "../events/mark-position.ts";
import { presentChats } from "./presenter.ts";
import { chatSchema } from "./schema.ts";
import { getMemberChat } from "./store.ts";

export const getChat = query({
  name: "chats.get",
  summary: "One of the caller's chats",
  http: { method: "GET", path: "/Chat/{chatId}", says: ["X-Event-Cursor"] },
  access: { caller: "user", scope: "chats:read" },
  input: z.object({ chatId: entityId }),
  output: chatSchema,
  async handle(ctx, input) {
    const chatId = requireId(input.chatId);
    await markPosition(ctx);
    const chat = await getMemberChat(ctx.services.db, ctx.tenantId, callerId(ctx), chatId);
    const [shown] = await presentChats(ctx.services.db, ctx.tenantId, [chat]);
    if (!shown) throw new DomainError("not_found");
    return shown;
  },
});
