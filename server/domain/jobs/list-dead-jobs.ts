import { z } from "zod";
import { query } from "../../operation.ts";
import { listInForms } from "../../persistence/cursor-form.ts";
import { type DeadJob, listDeadJobs as loadDeadJobs } from "../../persistence/jobs.ts";
import { tenantTransaction } from "../../persistence/prisma.ts";
import { readTimeCursor, writeTimeCursor } from "../../persistence/time-cursor.ts";
import { cursorInput, cursorPage, page, pageInput } from "../../schema.ts";

const deadJobSchema = z
  .object({
    id: z.string(),
    task: z.string(),
    payload: z.unknown(),
    attempts: z.number().int(),
    error: z.string().optional().describe("What went wrong the last time"),
    createdAt: z.string(),
    diedAt: z.string(),
  })
  .meta({ id: "DeadJob" });

export const listDeadJobs = query({
  name: "jobs.listDead",
  summary: "Later work that failed until it was given up, the newest first",
  http: { method: "GET", path: "/admin/jobs/dead" },
  access: { caller: "admin", scope: "admin" },
  input: z.object({ ...pageInput, ...cursorInput }),
  output: z.union([page(deadJobSchema), cursorPage(deadJobSchema)]),
  errors: ["cursor_invalid"],
  async handle(ctx, input) {
    const load = (part: Parameters<typeof loadDeadJobs>[1]) =>
      tenantTransaction(ctx.services.db.prisma, ctx.tenantId, (tx) => loadDeadJobs(tx, part));
    return listInForms(input, {
      onward: "before",
      read: (cursor) => readTimeCursor(cursor, jobId),
      load: async (span) => (await load(span)).jobs,
      write: ({ diedAt, id }) => writeTimeCursor({ at: diedAt, id }),
      page: async (page) => {
        const { jobs, total } = await load(page);
        return { rows: jobs, total };
      },
      present: (rows) => rows.map(presentJob),
    });
  },
});

/** The queue counts its jobs. */
const jobId = z.string().regex(/^\d{1,18}$/);

function presentJob({ error, createdAt, diedAt, ...job }: DeadJob): z.output<typeof deadJobSchema> {
  return {
    ...job,
    ...(error === null ? {} : { error }),
    createdAt: createdAt.toISOString(),
    diedAt: diedAt.toISOString(),
  };
}
