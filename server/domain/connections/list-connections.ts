import { z } from "zod";
import { query } from "../../operation.ts";
import { readLimit } from "../../persistence/paging.ts";
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
    const most = readLimit(limit);
    const from = before === undefined ? undefined : readTimeCursor(before, text(500));
    const [rows, totalCount] = await Promise.all([
      loadConnections(db, ctx.tenantId, filter, { before: from, limit: most }),
      countConnections(db, ctx.tenantId, filter),
    ]);
    const last = rows.length === most ? rows.at(-1) : undefined;
    return {
      data: rows.map(presentConnection),
      nextCursor: last ? writeTimeCursor({ at: last.openedAt, id: last.id }) : null,
      prevCursor: null,
      totalCount,
    };
  },
});
