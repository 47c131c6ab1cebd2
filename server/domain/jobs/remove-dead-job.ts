import { z } from "zod";
import { DomainError } from "../../errors.ts";
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
      const done = /^\d{1,18}$/.test(jobId) && (await settleDeadJob(tx, jobId, "away"));
      if (!done) throw new DomainError("not_found");
      return {};
    }),
});
