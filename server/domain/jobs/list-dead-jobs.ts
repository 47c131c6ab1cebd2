import { z } from "zod";
import { query } from "../../operation.ts";
import { listDeadJobs as loadDeadJobs } from "../../persistence/jobs.ts";
import { readPage, toPage } from "../../persistence/paging.ts";
import { tenantTransaction } from "../../persistence/prisma.ts";
import { page, pageInput } from "../../schema.ts";

const deadJob = z
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
  input: z.object(pageInput),
  output: page(deadJob),
  async handle(ctx, input) {
    const pages = readPage(input);
    const { total, jobs } = await tenantTransaction(ctx.services.db.prisma, ctx.tenantId, (tx) =>
      loadDeadJobs(tx, pages),
    );
    const data = jobs.map(({ error, createdAt, diedAt, ...job }) => ({
      ...job,
      ...(error === null ? {} : { error }),
      createdAt: createdAt.toISOString(),
      diedAt: diedAt.toISOString(),
    }));
    return toPage(pages, total, data);
  },
});
