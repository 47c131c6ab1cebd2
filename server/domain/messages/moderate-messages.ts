import { z } from "zod";
import { requireId } from "../../ids.ts";
import { mutation, query } from "../../operation.ts";
import { readLimit } from "../../persistence/paging.ts";
import { cursorPage, entityId, text } from "../../schema.ts";
import { getTenantChat } from "../chats/store.ts";
import { findDisplayNames } from "../users/store.ts";
import { changeMessage } from "./lane-store.ts";
import { messageSchema, presentMessage } from "./schema.ts";
import { listEditsOf, listMessages } from "./store.ts";

const seqCursor = z
  .string()
  .regex(/^\d{1,15}$/, "is no cursor of this list")
  .optional();

const version = z.object({
  version: z.number().int(),
  content: z.string(),
  editedBy: z.string(),
  editedAt: z.string(),
});

const senderName = z.string().optional().describe("As the sender's profile has it");

export const listChatMessages = query({
  name: "adminChats.listMessages",
  summary: "What was written in a chat of the tenant, newest first, with what each message said before",
  http: { method: "GET", path: "/admin/chats/{chatId}/messages" },
  access: { caller: "admin", scope: "admin" },
  input: z.object({
    chatId: entityId,
    before: seqCursor.describe("Older than this seq: nextCursor goes here"),
    after: seqCursor.describe("Newer than this seq: prevCursor goes here"),
    limit: z.number().optional(),
  }),
  output: cursorPage(messageSchema.extend({ senderName, edits: z.array(version) }).meta({ id: "TenantMessage" })),
  async handle(ctx, input) {
    const { db } = ctx.services;
    const chatId = requireId(input.chatId);
    await getTenantChat(db, ctx.tenantId, chatId);
    const limit = readLimit(input.limit);
    const from = input.after === undefined ? 1 : Number(input.after) + 1;
    const to = input.before === undefined ? Number.MAX_SAFE_INTEGER : Number(input.before) - 1;
    const order = input.after === undefined ? "desc" : "asc";
    const found = await listMessages(db, ctx.tenantId, chatId, { from, to, limit, order });
    const rows = order === "asc" ? found.reverse() : found;
    const edits = await listEditsOf(
      db,
      ctx.tenantId,
      rows.filter(({ editedAt }) => editedAt).map(({ id }) => id),
    );
    const names = await findDisplayNames(
      db,
      ctx.tenantId,
      rows.map(({ senderId }) => senderId),
    );
    const [newest, oldest] = [rows[0], rows.at(-1)];
    return {
      data: rows.map((message) => ({
        ...presentMessage(message),
        senderName: names.get(message.senderId),
        edits: edits.get(message.id) ?? [],
      })),
      nextCursor: oldest && oldest.seq > 1 ? String(oldest.seq) : null,
      prevCursor: newest ? String(newest.seq) : (input.after ?? null),
    };
  },
});

export const deleteChatMessage = mutation({
  name: "adminChats.deleteMessage",
  summary: "Delete a message of a chat of the tenant; a tombstone stays in its place",
  http: { method: "DELETE", path: "/admin/chats/{chatId}/messages/{messageId}" },
  access: { caller: "admin", scope: "admin" },
  input: z.object({
    chatId: entityId,
    messageId: entityId,
    reason: text(500).optional().describe("For the audit log; nobody in the chat sees it"),
  }),
  output: messageSchema,
  errors: ["outcome-unknown"],
  async handle(ctx, input) {
    const [chatId, messageId] = [requireId(input.chatId), requireId(input.messageId)];
    if (ctx.audit) ctx.audit.target = `messageId:${messageId}`;
    // Recorded as the user who acts; an operator is none, and a deletion names nobody.
    const actor = ctx.principal.userId ?? "";
    const change = { operation: "delete" as const, chatId, messageId, actor, admin: true };
    return presentMessage(await changeMessage(ctx.services.db, ctx.tenantId, change));
  },
});
