import { z } from "zod";
import { DomainError } from "../../errors.ts";
import { toEnvelope } from "../../events.ts";
import { requireId } from "../../ids.ts";
import { findReaderState } from "../../log/store.ts";
import { query } from "../../operation.ts";
import { readByCursor } from "../../persistence/cursor-form.ts";
import { cursorInput, cursorPage, entityId } from "../../schema.ts";
import { getTenantChat } from "../chats/store.ts";
import { envelopeSchema } from "./schema.ts";
import { listChatEvents as loadEvents } from "./store.ts";

export const listChatEvents = query({
  name: "adminChats.listEvents",
  summary: "Every event of a chat of the tenant that the log still holds, newest first",
  http: { method: "GET", path: "/admin/chats/{chatId}/events" },
  access: { caller: "admin", scope: "admin" },
  input: z.object({
    chatId: entityId,
    before: cursorInput.before.describe("Older than this event id: nextCursor goes here"),
    limit: cursorInput.limit,
  }),
  output: cursorPage(envelopeSchema),
  errors: ["cursor_invalid"],
  async handle(ctx, input) {
    const { db, cursors } = ctx.services;
    const chatId = requireId(input.chatId);
    await getTenantChat(db, ctx.tenantId, chatId);
    const state = await findReaderState(db.pool, ctx.tenantId, undefined);
    if (!state) throw new DomainError("not_found");
    const idOf = (position: number) => cursors.encode(ctx.tenantId, state.epoch, position);
    const { rows, nextCursor } = await readByCursor(
      { before: input.before, limit: input.limit },
      {
        onward: "before",
        read: (cursor) => cursors.decode(ctx.tenantId, cursor).position,
        load: (span) => loadEvents(db, ctx.tenantId, { chatId, ...span }),
        write: ({ position }) => idOf(position),
      },
    );
    return { data: rows.map((event) => toEnvelope(event, idOf(event.position))), nextCursor, prevCursor: null };
  },
});
