import { z } from "zod";
import { callerId } from "../../caller.ts";
import { type Context, query } from "../../operation.ts";
import { listInForms } from "../../persistence/cursor-form.ts";
import { readTimeCursor, writeTimeCursor } from "../../persistence/time-cursor.ts";
import { cursorInput, cursorPage, page, pageInput } from "../../schema.ts";
import { markPosition } from "../events/mark-position.ts";
import { peopleOf } from "../users/presenter.ts";
import { peopleInput, peopleOutput } from "../users/schema.ts";
import { presentChats } from "./presenter.ts";
import { chatSchema } from "./schema.ts";
import { countUserChats, findMemberChats, listUserChatIds } from "./store.ts";

export const listChats = query({
  name: "chats.list",
  summary: "The caller's chats, newest activity first",
  http: { method: "GET", path: "/Chat", says: ["X-Event-Cursor", "X-User-Id"] },
  access: { caller: "user", scope: "chats:read" },
  input: z.object({ ...pageInput, ...cursorInput, ...peopleInput }),
  output: z.union([page(chatSchema).extend(peopleOutput), cursorPage(chatSchema).extend(peopleOutput)]),
  errors: ["cursor_invalid"],
  async handle(ctx, wanted) {
    const { db } = ctx.services;
    const userId = callerId(ctx);
    await markPosition(ctx);
    // Which claim names the user is a setting of the issuer: whoever holds a token learns it here.
    ctx.reply.headers["X-User-Id"] = encodeURIComponent(userId);
    const answer = await listInForms(wanted, {
      onward: "before",
      read: (cursor) => readTimeCursor(cursor),
      load: (span) => listUserChatIds(db, ctx.tenantId, userId, { ...span, offset: 0 }),
      write: ({ activeAt, id }) => writeTimeCursor({ at: activeAt, id }),
      page: async ({ offset, pageSize }) => {
        const rows = await listUserChatIds(db, ctx.tenantId, userId, { offset, limit: pageSize });
        return { rows, total: rows[0]?.total ?? (await countUserChats(db, ctx.tenantId, userId)) };
      },
      present: (rows) => load(ctx, userId, rows),
    });
    const senderIds = answer.data.flatMap(({ lastMessage }) => lastMessage?.senderId ?? []);
    return { ...answer, ...(await peopleOf(ctx, wanted, [userId, ...senderIds])) };
  },
});

async function load(ctx: Context, userId: string, rows: { id: string }[]) {
  const chats = await findMemberChats(
    ctx.services.db,
    ctx.tenantId,
    userId,
    rows.map((row) => row.id),
  );
  return await presentChats(ctx.services.db, ctx.tenantId, chats);
}
