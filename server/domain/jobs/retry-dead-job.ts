import { z } from "zod";
import { mutation } from "../../operation.ts";
import { settleDeadJob } from "../../persistence/jobs.ts";
import { workOf } from "../../persistence/unit-of-work.ts";
import { empty, entityId } from "../../schema.ts";

export const retryDeadJob = mutation({
  name: "jobs.retryDead",
  summary: "Try a dead job again",
  http: { method: "POST", path: "/admin/jobs/dead/{jobId}/retry" },
  access: { caller: "admin", scope: "admin" },
  input: z.object({ jobId: entityId }),
  output: empty,
  handle: (ctx, { jobId }) =>
    workOf(ctx, async ({ tx }) => {
      await settleDeadJob(tx, jobId, "again");
      return {};
    }),
});
