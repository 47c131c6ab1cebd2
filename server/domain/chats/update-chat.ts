import { z } from "zod";
import { callerId } from "../../caller.ts";
import { DomainError } from "../../errors.ts";
import { requireId } from "../../ids.ts";
import { type Context, mutation } from "../../operation.ts";
import { afterCommit, unitOfWork, type Work } from "../../persistence/unit-of-work.ts";
import { entityId, limits, metadata, text } from "../../schema.ts";
import { getStanding, type Standing } from "../members/store.ts";
import { canBind, canGovern, canManage } from "./policy.ts";
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
  errors: ["conflict", "outcome-unknown"],
  async handle(ctx, change) {
    const { db } = ctx.services;
    const chatId = requireId(change.chatId);
    const userId = callerId(ctx);
    const chat = await getMemberChat(db, ctx.tenantId, userId, chatId);
    ensureMayChange(ctx, chat, change);
    // What was laid upon the other before may be lifted.
    if ((change.frozen || change.policy === "moderated") && !canBind(chat, ctx.principal.admin))
      throw new DomainError("conflict", { detail: "A direct chat is neither frozen nor moderated" });
    await unitOfWork(db, ctx.tenantId, async (work) => {
      await applyChange(ctx, work, chatId, change);
      // Whoever changes the chat's own rules has to have the role to; for all others they are what they were.
      ensureMayChange(ctx, await getStanding(work.tx, ctx.tenantId, chatId, userId), change);
    });
    const [shown] = await afterCommit(async () =>
      presentChats(db, ctx.tenantId, [await getMemberChat(db, ctx.tenantId, userId, chatId)]),
    );
    if (!shown) throw new DomainError("not_found");
    return shown;
  },
});

/** Throws forbidden. */
function ensureMayChange(
  { principal: { admin } }: Context,
  standing: Standing,
  { policy, frozen }: z.output<typeof chatChangeInput>,
): void {
  if (!canManage(standing) && !admin)
    throw new DomainError("forbidden", { detail: "Only owner and moderators change this chat" });
  if ((policy !== undefined || frozen !== undefined) && !canGovern(standing, admin))
    throw new DomainError("forbidden", { detail: "Only owner and moderators set the policy or freeze" });
}

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
