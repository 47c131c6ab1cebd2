import { z } from "zod";
import { callerId } from "../../caller.ts";
import { requireId } from "../../ids.ts";
import { type Context, query } from "../../operation.ts";
import { listInForms, readNameCursor, type Span } from "../../persistence/cursor-form.ts";
import { cursorPage, entityId, nameCursorInput, page, pageInput } from "../../schema.ts";
import { getMemberChat } from "../chats/store.ts";
import { markPosition } from "../events/mark-position.ts";
import { memberSchema, presentMember } from "./schema.ts";
import { listMembers as loadMembers } from "./store.ts";

export const listMembers = query({
  name: "members.list",
  summary: "Who is in a chat: user ids, or whole members with expand",
  http: { method: "GET", path: "/Chat/{chatId}/members", says: ["X-Event-Cursor"] },
  access: { caller: "user", scope: "chats:read" },
  input: z.object({
    chatId: entityId,
    expand: z.boolean().optional().describe("Whole members; ?expand alone is yes"),
    ...pageInput,
    ...nameCursorInput,
  }),
  output: z.union([page(z.string()), page(memberSchema), cursorPage(z.string()), cursorPage(memberSchema)]),
  errors: ["cursor_invalid"],
  async handle(ctx, input) {
    const { db } = ctx.services;
    const chatId = requireId(input.chatId);
    await markPosition(ctx);
    const me = callerId(ctx);
    const chat = await getMemberChat(db, ctx.tenantId, me, chatId);
    const form = membersOf(ctx, chatId, chat.memberCount);
    if (!input.expand) return listInForms(input, { ...form, present: (rows) => rows.map(({ userId }) => userId) });
    return listInForms(input, { ...form, present: (rows) => rows.map((row) => presentMember(row, me)) });
  },
});

/** Members in order of user id, to be listed in either form. */
export function membersOf({ services: { db }, tenantId }: Context, chatId: string, total: number) {
  return {
    onward: "after" as const,
    read: readNameCursor,
    load: (span: Span<string>) => loadMembers(db, tenantId, chatId, span),
    write: ({ userId }: { userId: string }) => userId,
    count: () => total,
  };
}
