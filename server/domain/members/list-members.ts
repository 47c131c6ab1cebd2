import { z } from "zod";
import { callerId } from "../../caller.ts";
import { requireId } from "../../ids.ts";
import { type Context, query } from "../../operation.ts";
import { readByCursor, readNameCursor } from "../../persistence/cursor-form.ts";
import { readPage, toPage, wantsCursor } from "../../persistence/paging.ts";
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
    const present = (row: Parameters<typeof presentMember>[0]) => presentMember(row, me);
    if (wantsCursor(input)) {
      const { rows, ...cursors } = await readMembersByCursor(ctx, chatId, input);
      if (!input.expand) return { data: rows.map(({ userId }) => userId), ...cursors };
      return { data: rows.map(present), ...cursors };
    }
    const pages = readPage(input);
    const members = await loadMembers(db, ctx.tenantId, chatId, pages);
    if (input.expand) return toPage(pages, chat.memberCount, members.map(present));
    return toPage(
      pages,
      chat.memberCount,
      members.map(({ userId }) => userId),
    );
  },
});

/** Members in order of user id, in the cursor form. */
export function readMembersByCursor(
  { services: { db }, tenantId }: Context,
  chatId: string,
  input: Parameters<typeof readByCursor>[0],
) {
  return readByCursor(input, {
    onward: "after",
    read: readNameCursor,
    load: (span) => loadMembers(db, tenantId, chatId, span),
    write: ({ userId }) => userId,
  });
}
