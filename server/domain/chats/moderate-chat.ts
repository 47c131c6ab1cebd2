import { z } from "zod";
import { requireId } from "../../ids.ts";
import { mutation } from "../../operation.ts";
import { afterCommit, unitOfWork, workOf } from "../../persistence/unit-of-work.ts";
import { empty, entityId, limits, metadata, namedUserId, text } from "../../schema.ts";
import { makeChat } from "./create-chat.ts";
import { buryChat } from "./delete-chat.ts";
import { publicChat } from "./presenter.ts";
import { chatSchema } from "./schema.ts";
import { getChat } from "./store.ts";
import { applyChange, chatChangeInput } from "./update-chat.ts";

export const createTenantChat = mutation({
  name: "adminChats.create",
  summary: "Make a chat of others; the first of them owns it",
  http: { method: "POST", path: "/admin/chats", status: 201 },
  access: { caller: "admin", scope: "admin" },
  input: z.object({
    name: text(limits.chatName).optional(),
    memberUserIds: z.array(namedUserId).min(1).max(limits.membersPerCall),
    policy: z.enum(["open", "moderated"]).default("open"),
    metadata: metadata.default({}),
  }),
  output: chatSchema,
  async handle(ctx, wanted) {
    const memberIds = [...new Set(wanted.memberUserIds)];
    const [createdBy = ""] = memberIds;
    const chat = { ...wanted, kind: "group" as const, memberIds, directKey: null, createdBy };
    return workOf(ctx, (work) => makeChat(ctx, work, chat));
  },
});

export const updateTenantChat = mutation({
  name: "adminChats.update",
  summary: "Rename a chat, change its metadata or policy, freeze it",
  http: { method: "PATCH", path: "/admin/chats/{chatId}" },
  access: { caller: "admin", scope: "admin" },
  input: chatChangeInput,
  output: chatSchema,
  errors: ["outcome-unknown"],
  async handle(ctx, change) {
    const { db } = ctx.services;
    const chatId = requireId(change.chatId);
    const before = publicChat(await getChat(db, ctx.tenantId, chatId));
    await unitOfWork(db, ctx.tenantId, (work) => applyChange(ctx, work, chatId, change));
    const after = publicChat(await afterCommit(() => getChat(db, ctx.tenantId, chatId)));
    const shown = ({ name, policy, frozen, metadata }: typeof after) => ({ name, policy, frozen, metadata });
    if (ctx.audit) Object.assign(ctx.audit, { before: shown(before), after: shown(after) });
    return after;
  },
});

export const deleteTenantChat = mutation({
  name: "adminChats.delete",
  summary: "Delete a chat for everybody in it; its name has to be given, because it cannot be undone",
  http: { method: "DELETE", path: "/admin/chats/{chatId}" },
  access: { caller: "admin", scope: "admin", sudo: true },
  input: z.object({
    chatId: entityId,
    // An empty value of an address counts as left out, so left out is empty.
    name: text(limits.chatName).default("").describe("Of the chat; empty or left out when it has none"),
  }),
  output: empty,
  errors: ["conflict"],
  async handle(ctx, input) {
    const chatId = requireId(input.chatId);
    await unitOfWork(ctx.services.db, ctx.tenantId, (work) => buryChat(ctx, work, chatId, { name: input.name }));
    return {};
  },
});
