import { z } from "zod";
import { callerId } from "../../caller.ts";
import { DomainError } from "../../errors.ts";
import { requireId } from "../../ids.ts";
import { mutation } from "../../operation.ts";
import { unitOfWork } from "../../persistence/unit-of-work.ts";
import { entityId, instant } from "../../schema.ts";
import { getMemberChat } from "./store.ts";

const mute = z.enum(["none", "all", "except-mentions"]);

export const setChatNotifications = mutation({
  name: "chats.setNotifications",
  summary: "Mute a chat for oneself, for ever or until a time",
  http: { method: "PUT", path: "/Chat/{chatId}/notifications" },
  access: { caller: "user", scope: "chats:write" },
  input: z.object({ chatId: entityId, mute, until: instant.optional() }),
  output: z.object({ chatId: z.string(), mute, until: z.string().nullable() }),
  async handle(ctx, input) {
    const { tenantId } = ctx;
    const chatId = requireId(input.chatId);
    const userId = callerId(ctx);
    await getMemberChat(ctx.services.db, tenantId, userId, chatId);
    await unitOfWork(ctx.services.db, tenantId, async ({ tx, lockHead }) => {
      await lockHead(); // members are written only under the head
      const { count } = await tx.member.updateMany({
        where: { tenantId, chatId, userId },
        data: { notifyMute: input.mute, notifyUntil: input.until ? new Date(input.until) : null },
      });
      if (count === 0) throw new DomainError("not_found");
    });
    return { chatId, mute: input.mute, until: input.until ?? null };
  },
});
