import { z } from "zod";
import { callerId } from "../../caller.ts";
import { DomainError } from "../../errors.ts";
import { requireId } from "../../ids.ts";
import { type Context, mutation } from "../../operation.ts";
import { unitOfWork, type Work } from "../../persistence/unit-of-work.ts";
import { entityId, limits, metadata, text } from "../../schema.ts";
import { canGovern, canManage } from "./policy.ts";
import { presentChats, publicChat } from "./presenter.ts";
import { chatSchema } from "./schema.ts";
import { getMemberChat, withHead } from "./store.ts";

export const chatChangeInput = z.object({
  chatId: entityId,
  name: text(limits.chatName).optional(),
  metadata: metadata.optional(),
  policy: z.enum(["open", "moderated"]).optional(),
  frozen: z.boolean().optional(),
});

export const updateChat = mutation({
  name: "chats.update",
  summary: "Rename a chat, change its metadata or policy, freeze it",
  http: { method: "PATCH", path: "/Chat/{chatId}" },
  access: { caller: "user", scope: "chats:write" },
  input: chatChangeInput,
  output: chatSchema,
  async handle(ctx, change) {
    const { db } = ctx.services;
    const chatId = requireId(change.chatId);
    const userId = callerId(ctx);
    const chat = await getMemberChat(db, ctx.tenantId, userId, chatId);
    if (!canManage(chat) && !ctx.principal.admin)
      throw new DomainError("forbidden", { detail: "Only owner and moderators change this chat" });
    if ((change.policy !== undefined || change.frozen !== undefined) && !canGovern(chat, ctx.principal.admin))
      throw new DomainError("forbidden", { detail: "Only owner and moderators set the policy or freeze" });
    await unitOfWork(db, ctx.tenantId, (work) => applyChange(ctx, work, chatId, change));
    const [shown] = await presentChats(db, ctx.tenantId, [await getMemberChat(db, ctx.tenantId, userId, chatId)]);
    if (!shown) throw new DomainError("not_found");
    return shown;
  },
});

/** Changes a chat within a unit of work. Throws not_found for one that is gone. */
export async function applyChange(
  { tenantId }: Context,
  { tx, lockHead, emit }: Work,
  chatId: string,
  change: z.output<typeof chatChangeInput>,
): Promise<void> {
  const { name, metadata, policy, frozen } = change;
  const row = await tx.chat.update({
    where: { tenantId_id: { tenantId, id: chatId } },
    data: { name, metadata, policy, frozen },
  });
  if (row.deletedAt) throw new DomainError("not_found"); // deleted since it was looked at
  await lockHead();
  emit({ type: "chat.updated", chatId, payload: publicChat(await withHead(tx, row)) });
}
