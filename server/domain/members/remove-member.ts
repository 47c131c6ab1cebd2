import { z } from "zod";
import { callerId } from "../../caller.ts";
import { DomainError } from "../../errors.ts";
import { requireId, requireUserId } from "../../ids.ts";
import { type Context, mutation } from "../../operation.ts";
import { unitOfWork, type Work } from "../../persistence/unit-of-work.ts";
import { entityId } from "../../schema.ts";
import { canManage, canRemoveOwner } from "../chats/policy.ts";
import type { Role } from "../chats/schema.ts";
import { getMemberChat } from "../chats/store.ts";
import { removeMember as dropMember, getStanding, type Standing } from "./store.ts";

export const removeMember = mutation({
  name: "members.remove",
  summary: "Leave a chat, or remove another member",
  http: { method: "DELETE", path: "/Chat/{chatId}/members/{userId}" },
  access: { caller: "user", scope: "chats:write" },
  input: z.object({ chatId: entityId, userId: entityId }),
  output: z.object({ chatId: z.string(), userId: z.string(), memberCount: z.number().int() }),
  errors: ["conflict"],
  async handle(ctx, input) {
    const chatId = requireId(input.chatId);
    const userId = requireUserId(input.userId);
    const caller = callerId(ctx);
    const chat = await getMemberChat(ctx.services.db, ctx.tenantId, caller, chatId);
    const self = userId === caller;
    if (chat.kind === "direct") throw new DomainError("conflict", { detail: "A direct chat keeps its two members" });
    const ensureMayRemove = (standing: Standing) => {
      if (!self && !canManage(standing) && !ctx.principal.admin)
        throw new DomainError("forbidden", { detail: "Only owner and moderators remove members here" });
    };
    ensureMayRemove(chat);
    return await unitOfWork(ctx.services.db, ctx.tenantId, async (work) => {
      if (self) return dropFromChat(ctx, work, { chatId, userId, mayBeOwner: true });
      await work.lockHead();
      const standing = await getStanding(work.tx, ctx.tenantId, chatId, caller);
      ensureMayRemove(standing);
      return dropFromChat(ctx, work, { chatId, userId, mayBeOwner: ctx.principal.admin || canRemoveOwner(standing) });
    });
  },
});

interface Removal {
  chatId: string;
  userId: string;
  mayBeOwner: boolean;
}

/** Takes a member out within a unit of work; a last owner passes the chat on. */
export async function dropFromChat(
  { tenantId }: Pick<Context, "tenantId">,
  { tx, lockHead, emit }: Work,
  { chatId, userId, mayBeOwner }: Removal,
) {
  await lockHead();
  const head = await tx.chatHead.findUniqueOrThrow({ where: { tenantId_chatId: { tenantId, chatId } } });
  const member = await tx.member.findUnique({ where: { tenantId_chatId_userId: { tenantId, chatId, userId } } });
  if (!member) return { chatId, userId, memberCount: head.memberCount };
  if (member.role === "owner" && !mayBeOwner)
    throw new DomainError("forbidden", { detail: "An owner of a moderated chat is removed by owners only" });
  const toPosition = emit({ type: "member.removed", chatId, payload: { chatId, userId, role: member.role } });
  await dropMember(tx, tenantId, { chatId, userId, toPosition });
  await tx.chatHead.update({
    where: { tenantId_chatId: { tenantId, chatId } },
    data: { memberCount: { decrement: 1 } },
  });
  const heir = member.role === "owner" ? await passOwnership({ tx, emit }, tenantId, chatId) : undefined;
  return { chatId, userId, memberCount: head.memberCount - 1, ...(heir ? { heir } : {}) };
}

/** The last owner who leaves passes the chat on to its longest member: returned as they were before. */
async function passOwnership(
  { tx, emit }: Pick<Work, "tx" | "emit">,
  tenantId: Context["tenantId"],
  chatId: string,
): Promise<{ userId: string; role: Role } | undefined> {
  if ((await tx.member.count({ where: { tenantId, chatId, role: "owner" } })) > 0) return undefined;
  const heir = await tx.member.findFirst({
    where: { tenantId, chatId },
    orderBy: [{ joinedAt: "asc" }, { userId: "asc" }],
  });
  if (!heir) return undefined;
  const { userId } = heir;
  await tx.member.update({ where: { tenantId_chatId_userId: { tenantId, chatId, userId } }, data: { role: "owner" } });
  emit({ type: "member.updated", chatId, payload: { chatId, userId, role: "owner" } });
  return { userId, role: heir.role as Role };
}
