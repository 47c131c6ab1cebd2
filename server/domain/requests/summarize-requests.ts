import { z } from "zod";
import { DomainError } from "../../errors.ts";
import { query } from "../../operation.ts";
import { summarizeRequests as loadSummary } from "./store.ts";

const hourMs = 60 * 60_000;

export const summarizeRequests = query({
  name: "requests.summarize",
  summary: "What went wrong in calls to the tenant lately, by operation and problem code",
  http: { method: "GET", path: "/admin/requests/summary" },
  access: { caller: "admin", scope: "admin" },
  input: z.object({ hours: z.number().min(1).max(168).default(24) }),
  output: z.object({
    since: z.string(),
    noted: z.number().int().describe("Calls that were noted; of more than 50,000 the newest"),
    cutAt: z.string().optional().describe("Where they are the newest alone: since when"),
    failed: z.number().int(),
    skipped: z.number().int().describe("Calls that were not noted, because there were too many at once"),
    keptDays: z.number().int().describe("Setting retention.requestDays; 0: none are noted"),
    groups: z.array(
      z.object({
        operation: z.string(),
        code: z.string(),
        status: z.number().int(),
        count: z.number().int(),
        firstAt: z.string(),
        lastAt: z.string(),
        requestId: z.string().describe("Of the newest"),
      }),
    ),
  }),
  async handle(ctx, { hours }) {
    const { db, security, now } = ctx.services;
    const since = now() - hours * hourMs;
    const snapshot = await security.snapshot(ctx.tenantId);
    if (!snapshot) throw new DomainError("not_found");
    const { groups, cutAt, ...counts } = await loadSummary(db, ctx.tenantId, since);
    return {
      ...counts,
      ...(cutAt ? { cutAt: cutAt.toISOString() } : {}),
      since: new Date(since).toISOString(),
      keptDays: snapshot.settings.retention.requestDays,
      groups: groups.map((group) => ({
        ...group,
        firstAt: group.firstAt.toISOString(),
        lastAt: group.lastAt.toISOString(),
      })),
    };
  },
});
