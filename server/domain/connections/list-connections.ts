import { z } from "zod";
import { query } from "../../operation.ts";
import { readByCursor } from "../../persistence/cursor-form.ts";
import { readTimeCursor, writeTimeCursor } from "../../persistence/time-cursor.ts";
import { cursorInput, cursorPage, text } from "../../schema.ts";
import { connectionSchema, presentConnection, protocols } from "./schema.ts";
import { countConnections, listConnections as loadConnections } from "./store.ts";

export const listConnections = query({
  name: "connections.list",
  summary: "The connections that are open now, on all nodes, newest first",
  http: { method: "GET", path: "/admin/connections" },
  access: { caller: "admin", scope: "admin" },
  input: z.object({
    userId: text(128).optional(),
    protocol: protocols.optional(),
    before: cursorInput.before,
    limit: cursorInput.limit,
  }),
  output: cursorPage(connectionSchema).extend({ totalCount: z.number().int() }),
  errors: ["cursor_invalid"],
  async handle(ctx, { before, limit, ...filter }) {
    const { db } = ctx.services;
    const [{ rows, nextCursor }, totalCount] = await Promise.all([
      readByCursor(
        { before, limit },
        {
          onward: "before",
          read: (cursor) => readTimeCursor(cursor, text(500)),
          load: (span) => loadConnections(db, ctx.tenantId, filter, span),
          write: ({ openedAt, id }) => writeTimeCursor({ at: openedAt, id }),
        },
      ),
      countConnections(db, ctx.tenantId, filter),
    ]);
    return { data: rows.map(presentConnection), nextCursor, prevCursor: null, totalCount };
  },
});
