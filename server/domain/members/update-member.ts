import { z } from "zod";
import { callerId } from "../../caller.ts";
import { DomainError } from "../../errors.ts";
import { requireId, requireUserId } from "../../ids.ts";
import { type Context, mutation } from "../../operation.ts";
import { unitOfWork, type Work } from "../../persistence/unit-of-work.ts";
import { entityId, instant } from "../../schema.ts";
import { canBind, isModerator } from "../chats/policy.ts";
import type { MemberChat, Role } from "../chats/schema.ts";
import { getChat, getMemberChat } from "../chats/store.ts";
import { role } from "./schema.ts";
import { getStanding } from "./store.ts";

export const memberChangeInput = z.object({
  chatId: entityId,
  userId: entityId,
  role: role.optional(),
  mutedUntil: instant.optional(),
});

export const updateMember = mutation({
  name: "members.update",
  summary: "Change a member's role, or mute a member until a time (a past one ends it)",
  http: { method: "PATCH", path: "/Chat/{chatId}/members/{userId}" },
  access: { caller: "user", scope: "chats:write" },
  input: memberChangeInput,
  output: z.object({ chatId: z.string(), userId: z.string(), role, mutedUntil: z.string().nullable() }),
  errors: ["conflict"],
  async handle(ctx, change) {
    const chatId = requireId(change.chatId);
    requireUserId(change.userId);
    const chat = await standingOf(ctx, chatId);
    ensureMayChange(change, chat.role);
    // What was laid upon the other before may be lifted.
    const mutes = change.mutedUntil !== undefined && Date.parse(change.mutedUntil) > Date.now();
    if (mutes && !canBind(chat, ctx.principal.admin))
      throw new DomainError("conflict", { detail: "In a direct chat nobody mutes the other" });
    return await unitOfWork(ctx.services.db, ctx.tenantId, async (work) => {
      await work.lockHead();
      const { admin } = ctx.principal;
      const { role } = admin
        ? { role: "owner" as const }
        : await getStanding(work.tx, ctx.tenantId, chatId, callerId(ctx));
      ensureMayChange(change, role);
      return changeMember(ctx, work, { ...change, chatId }, role);
    });
  },
});

/** Throws forbidden. */
function ensureMayChange(change: z.output<typeof memberChangeInput>, callerRole: Role): void {
  if (!isModerator(callerRole))
    throw new DomainError("forbidden", { detail: "Only owner and moderators change members" });
  if (change.role && change.role !== "member" && callerRole !== "owner")
    throw new DomainError("forbidden", { detail: "Only an owner gives roles" });
}

/** What the caller is in the chat; an Admin is as good as an owner, of any chat of the tenant. Throws not_found. */
async function standingOf(ctx: Context, chatId: string): Promise<Pick<MemberChat, "kind" | "role">> {
  const { db } = ctx.services;
  if (!ctx.principal.admin) return getMemberChat(db, ctx.tenantId, callerId(ctx), chatId);
  const { kind } = await getChat(db, ctx.tenantId, chatId);
  return { kind, role: "owner" };
}

/** Changes a member within a unit of work, as somebody of a role in the chat may. */
export async function changeMember(
  ctx: Context,
  { tx, lockHead, emit }: Work,
  change: z.output<typeof memberChangeInput>,
  callerRole: Role,
) {
  const { tenantId } = ctx;
  const { chatId, userId } = change;
  await lockHead();
  const id = { tenantId_chatId_userId: { tenantId, chatId, userId } };
  const member = await tx.member.findUnique({ where: id });
  if (!member) throw new DomainError("not_found");
  // Else moderators could lift what an owner laid upon them.
  if (member.role !== "member" && callerRole !== "owner")
    throw new DomainError("forbidden", { detail: "Owners and moderators are changed by owners only" });
  if (
    member.role === "owner" &&
    change.role &&
    change.role !== "owner" &&
    (await tx.member.count({ where: { tenantId, chatId, role: "owner" } })) === 1
  )
    throw new DomainError("conflict", { detail: "The last owner gives the role to somebody else first" });
  const mutedUntil = change.mutedUntil ? new Date(change.mutedUntil) : member.mutedUntil;
  const updated = await tx.member.update({ where: id, data: { role: change.role ?? member.role, mutedUntil } });
  const answer = { chatId, userId, role: updated.role as z.output<typeof role> };
  emit({ type: "member.updated", chatId, payload: answer });
  return { ...answer, mutedUntil: updated.mutedUntil?.toISOString() ?? null };
}
