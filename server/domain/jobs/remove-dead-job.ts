import { z } from "zod";
import { mutation } from "../../operation.ts";
import { settleDeadJob } from "../../persistence/jobs.ts";
import { unitOfWork } from "../../persistence/unit-of-work.ts";
import { empty, entityId } from "../../schema.ts";

export const removeDeadJob = mutation({
  name: "jobs.removeDead",
  summary: "Take a dead job out of the list",
  http: { method: "DELETE", path: "/admin/jobs/dead/{jobId}" },
  access: { caller: "admin", scope: "admin" },
  input: z.object({ jobId: entityId }),
  output: empty,
  handle: (ctx, { jobId }) =>
    unitOfWork(ctx.services.db, ctx.tenantId, async ({ tx }) => {
      await settleDeadJob(tx, jobId, "away");
      return {};
    }),
});
