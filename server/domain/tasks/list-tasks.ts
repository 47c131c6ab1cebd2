import { z } from "zod";
import { query } from "../../operation.ts";
import { readLimit } from "../../persistence/paging.ts";
import { readTimeCursor, writeTimeCursor } from "../../persistence/time-cursor.ts";
import { cursorInput, cursorPage, text } from "../../schema.ts";
import { presentTask, taskKinds, taskSchema, taskStates } from "./schema.ts";
import { listTasks as loadTasks } from "./store.ts";

export const listTasks = query({
  name: "tasks.list",
  summary: "Exports and erasures, the newest first; each is kept for 7 days after its end",
  http: { method: "GET", path: "/admin/tasks" },
  access: { caller: "admin", scope: "admin" },
  input: z.object({
    kind: taskKinds.optional(),
    status: taskStates.optional(),
    subject: text(128).optional().describe("Of this chat or user"),
    before: cursorInput.before,
    limit: cursorInput.limit,
  }),
  output: cursorPage(taskSchema),
  errors: ["cursor_invalid"],
  async handle(ctx, { before, limit, ...filter }) {
    const most = readLimit(limit);
    const from = before === undefined ? undefined : readTimeCursor(before);
    const rows = await loadTasks(ctx.services.db, ctx.tenantId, filter, { before: from, limit: most });
    const last = rows.length === most ? rows.at(-1) : undefined;
    const nextCursor = last ? writeTimeCursor({ at: last.createdAt, id: last.id }) : null;
    return { data: rows.map(presentTask), nextCursor, prevCursor: null };
  },
});
