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
import { getMemberChat, withHead } from "./store.ts";

export const deleteChat = mutation({
  name: "chats.delete",
  summary: "Delete a chat for everybody in it",
  http: { method: "DELETE", path: "/Chat/{chatId}" },
  access: { caller: "user", scope: "chats:write" },
  input: z.object({ chatId: entityId }),
  output: empty,
  async handle(ctx, input) {
    const { db } = ctx.services;
    const chatId = requireId(input.chatId);
    const as = ctx.principal.admin ? undefined : callerId(ctx);
    // Who may not is told so before anybody waits for them.
    if (as !== undefined && !canDelete(await getMemberChat(db, ctx.tenantId, as, chatId))) throw refuseOthers();
    await unitOfWork(db, ctx.tenantId, (work) => buryChat(ctx, work, chatId, { as }));
    return {};
  },
});

function refuseOthers(): DomainError {
  return new DomainError("forbidden", { detail: "Only the owner or an Admin deletes a chat" });
}

interface Burial {
  /** Who has to be its owner still; nobody for who runs the tenant. */
  as?: string | undefined;
  /** What it has to be called still; empty for one without a name. */
  name?: string;
}

/**
 * The chat's row stays as a tombstone; its members go and their spans end at the event that says so. All is judged and told as it is
 * under the lock: it may have been renamed since somebody looked. Throws not_found, forbidden, conflict.
 */
export async function buryChat(
  { tenantId }: Context,
  { tx, lockHead, emit }: Work,
  chatId: string,
  { as, name }: Burial,
): Promise<void> {
  const [row] = await tx.chat.updateManyAndReturn({
    where: { tenantId, id: chatId, deletedAt: null },
    data: { deletedAt: new Date(), directKey: null },
  });
  if (!row) throw new DomainError("not_found");
  if (name !== undefined && (row.name ?? "") !== name)
    throw new DomainError("conflict", { detail: "The chat has another name" });
  await lockHead();
  if (as !== undefined) {
    const own = await tx.member.findUnique({ where: { tenantId_chatId_userId: { tenantId, chatId, userId: as } } });
    if (!own) throw new DomainError("not_found");
    if (own.role !== "owner") throw refuseOthers();
  }
  const toPosition = emit({ type: "chat.deleted", chatId, payload: publicChat(await withHead(tx, row)) });
  await removeAllMembers(tx, tenantId, chatId, toPosition);
}
