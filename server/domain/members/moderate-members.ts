import { z } from "zod";
import { DomainError } from "../../errors.ts";
import { requireId, requireUserId } from "../../ids.ts";
import { mutation, query } from "../../operation.ts";
import { listInForms } from "../../persistence/cursor-form.ts";
import { unitOfWork } from "../../persistence/unit-of-work.ts";
import {
  cursorPage,
  entityId,
  instant,
  limits,
  nameCursorInput,
  namedUserId,
  page,
  pageInput,
  userId,
} from "../../schema.ts";
import { getChat, getTenantChat } from "../chats/store.ts";
import { addInSteps } from "./add-members.ts";
import { membersOf } from "./list-members.ts";
import { dropFromChat } from "./remove-member.ts";
import { chatMemberSchema, presentChatMember, role } from "./schema.ts";
import { changeMember, memberChangeInput } from "./update-member.ts";

export const listChatMembers = query({
  name: "adminChats.listMembers",
  summary: "Who is in a chat of the tenant",
  http: { method: "GET", path: "/admin/chats/{chatId}/members" },
  access: { caller: "admin", scope: "admin" },
  input: z.object({ chatId: entityId, ...pageInput, ...nameCursorInput }),
  output: z.union([page(chatMemberSchema), cursorPage(chatMemberSchema)]),
  errors: ["cursor_invalid"],
  async handle(ctx, input) {
    const { db } = ctx.services;
    const chatId = requireId(input.chatId);
    const { memberCount } = await getTenantChat(db, ctx.tenantId, chatId);
    const form = membersOf(ctx, chatId, memberCount);
    return listInForms(input, { ...form, present: (rows) => rows.map(presentChatMember) });
  },
});

const formerly = z.object({ userId, role });

export const addChatMembers = mutation({
  name: "adminChats.addMembers",
  summary: "Add members to a chat of the tenant; present ones stay as they are",
  http: { method: "POST", path: "/admin/chats/{chatId}/members" },
  access: { caller: "admin", scope: "admin" },
  input: z.object({
    ...{ chatId: entityId, userIds: z.array(namedUserId).min(1).max(limits.membersPerCall) },
    role: role.optional().describe("What they are there; a member when left out. The first in an empty chat owns it"),
    mutedUntil: instant.optional().describe("They may not write until then"),
    heir: formerly
      .optional()
      .describe("As `adminChats.removeMember` answered: who owns the chat in an owner's place, and is this again now"),
  }),
  output: z.object({ chatId: z.string(), added: z.array(z.string()), memberCount: z.number().int() }),
  errors: ["conflict", "outcome-unknown"],
  async handle(ctx, input) {
    const { id, kind } = await getChat(ctx.services.db, ctx.tenantId, requireId(input.chatId));
    if (kind === "direct") throw new DomainError("conflict", { detail: "A direct chat has two members" });
    const { userIds, role, mutedUntil, heir } = input;
    return addInSteps(ctx, { chatId: id, wanted: [...new Set(userIds)], standing: { role, mutedUntil }, heir });
  },
});

export const removeChatMember = mutation({
  name: "adminChats.removeMember",
  summary: "Take somebody out of a chat of the tenant",
  http: { method: "DELETE", path: "/admin/chats/{chatId}/members/{userId}" },
  access: { caller: "admin", scope: "admin" },
  input: z.object({ chatId: entityId, userId: entityId }),
  output: z.object({
    ...{ chatId: z.string(), userId: z.string(), memberCount: z.number().int() },
    heir: z
      .object({ userId: z.string(), role })
      .optional()
      .describe("Who owns the chat now that its last owner is gone, and what they were before"),
  }),
  errors: ["conflict"],
  async handle(ctx, input) {
    const userId = requireUserId(input.userId);
    const { id: chatId, kind } = await getChat(ctx.services.db, ctx.tenantId, requireId(input.chatId));
    if (kind === "direct") throw new DomainError("conflict", { detail: "A direct chat keeps its two members" });
    if (ctx.audit) ctx.audit.target = `chatId:${chatId} userId:${userId}`;
    return unitOfWork(ctx.services.db, ctx.tenantId, (work) =>
      dropFromChat(ctx, work, { chatId, userId, mayBeOwner: true }),
    );
  },
});

export const updateChatMember = mutation({
  name: "adminChats.updateMember",
  summary: "Change a member's role, or mute a member until a time (a past one ends it)",
  http: { method: "PATCH", path: "/admin/chats/{chatId}/members/{userId}" },
  access: { caller: "admin", scope: "admin" },
  input: memberChangeInput,
  output: z.object({ chatId: z.string(), userId: z.string(), role, mutedUntil: z.string().nullable() }),
  errors: ["conflict"],
  async handle(ctx, change) {
    requireUserId(change.userId);
    const { id: chatId } = await getChat(ctx.services.db, ctx.tenantId, requireId(change.chatId));
    if (ctx.audit) ctx.audit.target = `chatId:${chatId} userId:${change.userId}`;
    return unitOfWork(ctx.services.db, ctx.tenantId, (work) => changeMember(ctx, work, { ...change, chatId }, "owner"));
  },
});
