import { isDeepStrictEqual } from "node:util";
import { z } from "zod";
import { callerId, clientHashOf } from "../../caller.ts";
import { DomainError } from "../../errors.ts";
import { requireId } from "../../ids.ts";
import { mutation } from "../../operation.ts";
import { unitOfWork } from "../../persistence/unit-of-work.ts";
import { entityId, instant } from "../../schema.ts";
import { messageFields } from "../messages/schema.ts";
import { presentMute } from "./presenter.ts";
import { getMemberChat } from "./store.ts";

const mute = z.enum(["none", "all", "except-mentions"]);

export const setChatNotifications = mutation({
  name: "chats.setNotifications",
  summary: "Mute a chat for oneself, for ever or until a time",
  http: { method: "PUT", path: "/Chat/{chatId}/notifications", headers: { "x-client-id": "clientId" } },
  access: { caller: "user", scope: "chats:write" },
  input: z.object({ chatId: entityId, mute, until: instant.optional(), clientId: messageFields.clientId }),
  output: z.object({ chatId: z.string(), mute, until: z.string().nullable() }),
  async handle(ctx, input) {
    const { tenantId } = ctx;
    const chatId = requireId(input.chatId);
    const userId = callerId(ctx);
    await getMemberChat(ctx.services.db, tenantId, userId, chatId);
    await unitOfWork(ctx.services.db, tenantId, async ({ tx, lockHead, emit }) => {
      await lockHead(); // members are written only under the head
      const id = { tenantId_chatId_userId: { tenantId, chatId, userId } };
      const before = await tx.member.findUnique({ where: id });
      if (!before) throw new DomainError("not_found");
      const notifyUntil = input.until ? new Date(input.until) : null;
      const after = await tx.member.update({ where: id, data: { notifyMute: input.mute, notifyUntil } });
      const notifications = presentMute(after);
      if (isDeepStrictEqual(notifications, presentMute(before))) return;
      emit({
        type: "member.updated",
        userId, // to their own devices alone
        payload: { chatId, userId, role: after.role, notifications },
        clientHash: clientHashOf(tenantId, userId, input.clientId),
      });
    });
    return { chatId, mute: input.mute, until: input.until ?? null };
  },
});
