import { z } from "zod";
import { callerId } from "../../caller.ts";
import { DomainError } from "../../errors.ts";
import { requireId } from "../../ids.ts";
import { query } from "../../operation.ts";
import { readLimit, readPage, toPage, wantsCursor } from "../../persistence/paging.ts";
import { cursorInput, cursorPage, entityId, page, pageInput } from "../../schema.ts";
import { getMemberChat } from "../chats/store.ts";
import { markPosition } from "../events/mark-position.ts";
import { peopleOf } from "../users/presenter.ts";
import { peopleInput, peopleOutput } from "../users/schema.ts";
import { messageSchema, presentMessage, type StoredMessage } from "./schema.ts";
import { listMessages as loadMessages, type SeqRange } from "./store.ts";

export const listMessages = query({
  name: "messages.list",
  summary: "Messages of a chat, newest first",
  http: { method: "GET", path: "/Chat/{chatId}/messages", says: ["X-Event-Cursor"] },
  access: { caller: "user", scope: "messages:read" },
  input: z.object({ chatId: entityId, ...pageInput, ...cursorInput, ...peopleInput }),
  output: z.union([page(messageSchema).extend(peopleOutput), cursorPage(messageSchema).extend(peopleOutput)]),
  errors: ["cursor_invalid"],
  async handle(ctx, input) {
    const chatId = requireId(input.chatId);
    await markPosition(ctx);
    const chat = await getMemberChat(ctx.services.db, ctx.tenantId, callerId(ctx), chatId);
    const load: Load = (range) => loadMessages(ctx.services.db, ctx.tenantId, chatId, range);
    const form = wantsCursor(input) ? cursorForm : pageForm;
    const answer = await form(input, chat.lastSeq, load);
    const senderIds = answer.data.map(({ senderId }) => senderId);
    return { ...answer, ...(await peopleOf(ctx, input, senderIds)) };
  },
});

type Load = (range: SeqRange) => Promise<StoredMessage[]>;

/** Tombstones keep their place, so a page is a range of seq and the total is the last one: no counting, no offset. */
async function pageForm(input: Parameters<typeof readPage>[0], lastSeq: number, load: Load) {
  const pages = readPage(input);
  const to = lastSeq - pages.offset;
  const range: SeqRange = { from: Math.max(1, to - pages.pageSize + 1), to, limit: pages.pageSize, order: "desc" };
  const messages = to < 1 ? [] : await load(range);
  return toPage(pages, lastSeq, messages.map(presentMessage));
}

interface CursorInput {
  before?: string | undefined;
  after?: string | undefined;
  limit?: number | undefined;
}

/** Cursors are seqs: `nextCursor` goes on to older messages, `prevCursor` to newer ones. Newest first either way. */
async function cursorForm(input: CursorInput, lastSeq: number, load: Load) {
  const limit = readLimit(input.limit);
  const after = input.after === undefined ? undefined : readSeq(input.after);
  const before = input.before === undefined ? lastSeq + 1 : readSeq(input.before);
  const range: SeqRange =
    after === undefined
      ? { from: 1, to: before - 1, limit, order: "desc" }
      : { from: after + 1, to: before - 1, limit, order: "asc" };
  const messages = firstOf(await load(range));
  if (range.order === "asc") messages.reverse();
  const newest = messages[0]?.seq;
  const oldest = messages.at(-1)?.seq;
  return {
    data: messages.map(presentMessage),
    nextCursor: oldest !== undefined && oldest > 1 ? String(oldest) : null,
    prevCursor: newest !== undefined ? String(newest) : (input.after ?? null),
  };
}

/** Of content and metadata in one answer, in characters. */
const answerSize = 1024 * 1024;

/** As many as make an answer that is not too long, and at least one: the cursors lead on to the others. */
function firstOf(messages: StoredMessage[]): StoredMessage[] {
  let size = 0;
  const end = messages.findIndex(({ content, metadata }) => {
    const before = size;
    size += content.length + JSON.stringify(metadata).length;
    return before > 0 && size > answerSize;
  });
  return end < 0 ? messages : messages.slice(0, end);
}

function readSeq(cursor: string): number {
  if (!/^\d{1,15}$/.test(cursor)) throw new DomainError("cursor_invalid");
  return Number(cursor);
}
