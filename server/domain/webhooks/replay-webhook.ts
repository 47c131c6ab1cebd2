import { z } from "zod";
import { DomainError } from "../../errors.ts";
import { type Context, mutation } from "../../operation.ts";
import { enqueueJobs } from "../../persistence/jobs.ts";
import { workOf } from "../../persistence/unit-of-work.ts";
import { cursor, entityId, instant } from "../../schema.ts";
import { eventType } from "../events/schema.ts";
import { webhookJob } from "./delivery-store.ts";
import { replayRange } from "./replay-store.ts";
import { replayable } from "./schema.ts";
import { getWebhook } from "./store.ts";

export const replayWebhook = mutation({
  name: "webhooks.replay",
  summary:
    "Send a range of the log to a webhook endpoint, once more or for the first time: what its filters let through of what is kept",
  http: { method: "POST", path: "/admin/webhooks/{webhookId}/replay" },
  access: { caller: "admin", scope: "admin" },
  input: z.object({
    webhookId: entityId,
    after: cursor.optional().describe("Events after this event id; from the oldest that is kept unless given"),
    upto: cursor.optional().describe("Up to this event id, with it; to the newest unless given"),
    since: instant.optional().describe("Events from then on"),
    until: instant.optional().describe("Events before then"),
    types: z.array(eventType).max(100).optional().describe("Only these types, of those that the endpoint asks for"),
    status: z.enum(replayable).optional().describe("Only what has a delivery in this status"),
    undeliveredOnly: z.boolean().optional().describe("Leave out what the endpoint has taken already"),
    dryRun: z.boolean().optional().describe("Only count what would be queued, and change nothing"),
  }),
  output: z.object({
    count: z.number().int().describe("Deliveries that were queued, or would be"),
    nextCursor: z.string().nullable().describe("A call looks at 5,000 events at most: go on with this as after"),
  }),
  errors: ["conflict", "cursor_invalid", "cursor_expired"],
  isDryRun: ({ dryRun }) => dryRun === true,
  handle: (ctx, { webhookId, dryRun, ...range }) =>
    workOf(ctx, async ({ tx }) => {
      const endpoint = await getWebhook(tx, ctx.tenantId, webhookId);
      if (endpoint.state === "disabled") throw new DomainError("conflict", { detail: "The endpoint is disabled" });
      const { count, next } = await replayRange(tx, ctx.tenantId, endpoint, {
        ...range,
        dryRun,
        position: (id, bounds) => ctx.services.cursors.resume(ctx.tenantId, id, bounds),
      });
      if (!dryRun) await enqueueJobs(tx, [webhookJob(ctx.tenantId, endpoint.id)]);
      return { count, nextCursor: next && cursorOf(ctx, next) };
    }),
});

function cursorOf({ services, tenantId }: Context, { epoch, position }: { epoch: number; position: number }): string {
  return services.cursors.encode(tenantId, epoch, position);
}
