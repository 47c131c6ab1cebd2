import { z } from "zod";
import { callerId } from "../../caller.ts";
import { DomainError } from "../../errors.ts";
import { requireId } from "../../ids.ts";
import { query } from "../../operation.ts";
import { readLimit, readPage, toPage, wantsCursor } from "../../persistence/paging.ts";
import { cursorInput, cursorPage, entityId, page, pageInput } from "../../schema.ts";
import { getMemberChat } from "../chats/store.ts";
import { markPosition } from "../events/mark-position.ts";
import { messageSchema, presentMessage, type StoredMessage } from "./schema.ts";
import { listMessages as loadMessages, type SeqRange } from "./store.ts";

export const listMessages = query({
  name: "messages.list",
  summary: "Messages of a chat, newest first",
  http: { method: "GET", path: "/Chat/{chatId}/messages", says: ["X-Event-Cursor"] },
  access: { caller: "user", scope: "messages:read" },
  input: z.object({ chatId: entityId, ...pageInput, ...cursorInput }),
  output: z.union([page(messageSchema), cursorPage(messageSchema)]),
  errors: ["cursor_invalid"],
  async handle(ctx, input) {
    const chatId = requireId(input.chatId);
    await markPosition(ctx);
    const chat = await getMemberChat(ctx.services.db, ctx.tenantId, callerId(ctx), chatId);
    const load = (range: SeqRange) => loadMessages(ctx.services.db, ctx.tenantId, chatId, range);
    if (wantsCursor(input)) return await cursorForm(input, chat.lastSeq, load);
    // Tombstones keep their place, so a page is a range of seq and the total is the last one: no counting, no offset.
    const pages = readPage(input);
    const to = chat.lastSeq - pages.offset;
    const messages =
      to < 1
        ? []
        : await load({ from: Math.max(1, to - pages.pageSize + 1), to, limit: pages.pageSize, order: "desc" });
    return toPage(pages, chat.lastSeq, messages.map(presentMessage));
  },
});

interface CursorInput {
  before?: string | undefined;
  after?: string | undefined;
  limit?: number | undefined;
}

/** Cursors are seqs: `nextCursor` goes on to older messages, `prevCursor` to newer ones. Newest first either way. */
async function cursorForm(input: CursorInput, lastSeq: number, load: (range: SeqRange) => Promise<StoredMessage[]>) {
  const limit = readLimit(input.limit);
  const after = input.after === undefined ? undefined : readSeq(input.after);
  const before = input.before === undefined ? lastSeq + 1 : readSeq(input.before);
  const range: SeqRange =
    after === undefined
      ? { from: 1, to: before - 1, limit, order: "desc" }
      : { from: after + 1, to: before - 1, limit, order: "asc" };
  const messages = await load(range);
  if (range.order === "asc") messages.reverse();
  const newest = messages[0]?.seq;
  const oldest = messages.at(-1)?.seq;
  return {
    data: messages.map(presentMessage),
    nextCursor: oldest !== undefined && oldest > 1 ? String(oldest) : null,
    prevCursor: newest !== undefined ? String(newest) : (input.after ?? null),
  };
}

function readSeq(cursor: string): number {
  if (!/^\d{1,15}$/.test(cursor)) throw new DomainError("cursor_invalid");
  return Number(cursor);
}
