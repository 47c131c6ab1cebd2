import { z } from "zod";
import { DomainError } from "../../errors.ts";
import { requireId } from "../../ids.ts";
import { type Context, query } from "../../operation.ts";
import { readByCursor, readIdCursor } from "../../persistence/cursor-form.ts";
import { cursorInput, cursorPage, entityId, text } from "../../schema.ts";
import { messageSchema, presentMessage } from "../messages/schema.ts";
import { findMessages } from "../messages/store.ts";
import { findDisplayNames } from "../users/store.ts";
import { publicChat } from "./presenter.ts";
import { chatSchema } from "./schema.ts";
import { getTenantChat, listFirstMembers, listTenantChats as loadChats, type TenantChat } from "./store.ts";

const tenantChatSchema = chatSchema
  .omit({ lastMessage: true, unreadCount: true, lastReadSeq: true, role: true, notifications: true })
  .extend({
    activeAt: z.string().describe("Of the last message, or of its making"),
    deletedAt: z.string().optional(),
    lastMessage: messageSchema.optional(),
    members: z.array(z.string()).describe("The first few; adminChats.listMembers has all"),
    names: z
      .record(z.string(), z.string())
      .describe("What profiles call those members and the last message's sender, by id"),
  })
  .meta({ id: "TenantChat" });

export const listTenantChats = query({
  name: "adminChats.list",
  summary: "The tenant's chats, those made last first",
  http: { method: "GET", path: "/admin/chats" },
  access: { caller: "admin", scope: "admin" },
  input: z.object({
    search: text(200).optional().describe("Part of the name, or an id"),
    kind: z.enum(["group", "direct"]).optional(),
    frozen: z.boolean().optional(),
    member: text(128).optional().describe("Chats that this user is in"),
    deleted: z.boolean().optional().describe("Those that were deleted, instead of those that are there"),
    before: cursorInput.before,
    limit: cursorInput.limit,
  }),
  output: cursorPage(tenantChatSchema),
  errors: ["cursor_invalid"],
  async handle(ctx, { before, limit, ...filter }) {
    const { rows, nextCursor } = await readByCursor(
      { before, limit },
      {
        onward: "before",
        read: readIdCursor,
        load: (span) => loadChats(ctx.services.db, ctx.tenantId, span, filter),
        write: ({ id }) => id,
      },
    );
    return { data: await present(ctx, rows), nextCursor, prevCursor: null };
  },
});

export const getTenantChatById = query({
  name: "adminChats.get",
  summary: "One chat of the tenant",
  http: { method: "GET", path: "/admin/chats/{chatId}" },
  access: { caller: "admin", scope: "admin" },
  input: z.object({ chatId: entityId }),
  output: tenantChatSchema,
  async handle(ctx, { chatId }) {
    const [chat] = await present(ctx, [await getTenantChat(ctx.services.db, ctx.tenantId, requireId(chatId))]);
    if (!chat) throw new DomainError("not_found");
    return chat;
  },
});

/** Of each chat enough members to know it by. */
const membersShown = 4;

async function present(
  { services: { db }, tenantId }: Context,
  chats: TenantChat[],
): Promise<z.input<typeof tenantChatSchema>[]> {
  const [last, members] = await Promise.all([
    findMessages(
      db,
      tenantId,
      chats.flatMap(({ lastMessageId }) => lastMessageId ?? []),
    ),
    listFirstMembers(
      db,
      tenantId,
      chats.map(({ id }) => id),
      membersShown,
    ),
  ]);
  const named = [...members.values()].flat().concat([...last.values()].map(({ senderId }) => senderId));
  const names = await findDisplayNames(db, tenantId, named);
  return chats.map((chat) => {
    const message = last.get(chat.lastMessageId ?? "");
    const ids = [...(members.get(chat.id) ?? []), ...(message ? [message.senderId] : [])];
    return {
      ...publicChat(chat),
      activeAt: chat.activeAt.toISOString(),
      ...(chat.deletedAt ? { deletedAt: chat.deletedAt.toISOString() } : {}),
      ...(message ? { lastMessage: presentMessage(message) } : {}),
      members: members.get(chat.id) ?? [],
      names: Object.fromEntries(
        ids.flatMap((userId) => (names.has(userId) ? [[userId, names.get(userId) ?? ""]] : [])),
      ),
    };
  });
}
