import { z } from "zod";
import { query } from "../../operation.ts";
import { readByCursor } from "../../persistence/cursor-form.ts";
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
    const { rows, nextCursor } = await readByCursor(
      { before, limit },
      {
        onward: "before",
        read: (cursor) => readTimeCursor(cursor),
        load: (span) => loadTasks(ctx.services.db, ctx.tenantId, filter, span),
        write: ({ createdAt, id }) => writeTimeCursor({ at: createdAt, id }),
      },
    );
    return { data: rows.map(presentTask), nextCursor, prevCursor: null };
  },
});
