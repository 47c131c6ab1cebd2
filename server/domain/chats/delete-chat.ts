import { z } from "zod";
import { callerId } from "../../caller.ts";
import { DomainError } from "../../errors.ts";
import { requireId } from "../../ids.ts";
import { type Context, mutation } from "../../operation.ts";
import { unitOfWork, type Work } from "../../persistence/unit-of-work.ts";
import { empty, entityId } from "../../schema.ts";
import { removeAllMembers } from "../members/store.ts";
import { canDelete } from "./policy.ts";
import { publicChat } from "./presenter.ts";
import type { PublicChat } from "./schema.ts";
import { getChat, getMemberChat } from "./store.ts";

export const deleteChat = mutation({
  name: "chats.delete",
  summary: "Delete a chat for everybody in it",
  http: { method: "DELETE", path: "/Chat/{chatId}" },
  access: { caller: "user", scope: "chats:write" },
  input: z.object({ chatId: entityId }),
  output: empty,
  async handle(ctx, input) {
    const chatId = requireId(input.chatId);
    const chat = await getDeletable(ctx, chatId);
    await unitOfWork(ctx.services.db, ctx.tenantId, (work) =>
      buryChat(ctx, work, chat, ctx.principal.admin ? undefined : callerId(ctx)),
    );
    return {};
  },
});

/** An Admin deletes any chat of the tenant, its owner this one. Throws not_found, forbidden. */
async function getDeletable(ctx: Context, chatId: string): Promise<PublicChat> {
  const { db } = ctx.services;
  if (ctx.principal.admin) return await getChat(db, ctx.tenantId, chatId);
  const chat = await getMemberChat(db, ctx.tenantId, callerId(ctx), chatId);
  if (!canDelete(chat)) throw refuseOthers();
  return chat;
}

function refuseOthers(): DomainError {
  return new DomainError("forbidden", { detail: "Only the owner or an Admin deletes a chat" });
}

/**
 * The chat's row stays as a tombstone; its members go and their spans end at the event that says so.
 * @param as who has to be its owner still; nobody for who runs the tenant
 */
export async function buryChat(
  { tenantId }: Context,
  { tx, lockHead, emit }: Work,
  chat: PublicChat,
  as?: string,
): Promise<void> {
  const chatId = chat.id;
  const { count } = await tx.chat.updateMany({
    where: { tenantId, id: chatId, deletedAt: null },
    data: { deletedAt: new Date(), directKey: null },
  });
  if (count === 0) throw new DomainError("not_found");
  await lockHead();
  if (as !== undefined) {
    const own = await tx.member.findUnique({ where: { tenantId_chatId_userId: { tenantId, chatId, userId: as } } });
    if (!own) throw new DomainError("not_found");
    if (own.role !== "owner") throw refuseOthers();
  }
  const toPosition = emit({ type: "chat.deleted", chatId, payload: publicChat(chat) });
  await removeAllMembers(tx, tenantId, chatId, toPosition);
}
