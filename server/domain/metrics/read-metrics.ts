import { z } from "zod";
import type { TenantId } from "../../auth/principal.ts";
import { query } from "../../operation.ts";
import type { Database } from "../../persistence/database.ts";
import { countConnections } from "../connections/store.ts";
import { addCounts, quantile } from "./policy.ts";
import { type Metrics, metricsSchema, type Range, ranges } from "./schema.ts";
import { countFailures, type MinuteSum, readMinutes } from "./store.ts";

const minuteMs = 60_000;

export const readMetrics = query({
  name: "metrics.read",
  summary:
    "What happened to the tenant in the last hour, day or 30 days, in points of a minute, a quarter or six hours",
  http: { method: "GET", path: "/admin/metrics" },
  access: { caller: "admin", scope: "admin" },
  input: z.object({ range: z.enum(["hour", "day", "month"]).default("hour") }),
  output: metricsSchema,
  async handle(ctx, { range }) {
    const { services, tenantId } = ctx;
    const { db } = services;
    const now = services.now();
    const { since, middle, upto, stepMs } = spanOf(range, now);
    const [points, sampled, connectionsNow] = await Promise.all([
      readPoints(db, tenantId, { since, upto, stepMs }),
      countSampled(db, tenantId, { now, begin: upto.getTime() - stepMs }),
      countConnections(db, tenantId, {}),
    ]);
    const asked = points.filter(({ at }) => at >= middle);
    const last = points.at(-1);
    return {
      from: middle.toISOString(),
      to: upto.toISOString(),
      stepSeconds: stepMs / 1000,
      points: asked.map((point) => ({
        at: point.at.toISOString(),
        ...present(point),
        ...presentMean(point.connections, point === last ? stepMs / minuteMs / sampled : 1),
      })),
      total: present(sum(asked)),
      before: present(sum(points.filter(({ at }) => at < middle))),
      connectionsNow,
    };
  },
});

/** Twice the range, up to the end of the step that now is in: the first half is what the second is compared with. */
function spanOf(range: Range, now: number) {
  const { length, step } = ranges[range];
  const upto = (Math.floor(now / step) + 1) * step;
  return { since: new Date(upto - 2 * length), middle: new Date(upto - length), upto: new Date(upto), stepMs: step };
}

type Point = MinuteSum & { failures: number };

/** Every step of a time, also those in which nothing was. */
async function readPoints(
  db: Database,
  tenantId: TenantId,
  span: { since: Date; upto: Date; stepMs: number },
): Promise<Point[]> {
  const [sums, failures] = await Promise.all([readMinutes(db, tenantId, span), countFailures(db, tenantId, span)]);
  const byTime = new Map(sums.map((found) => [found.at.getTime(), found]));
  const count = (span.upto.getTime() - span.since.getTime()) / span.stepMs;
  return Array.from({ length: count }, (_, place) => {
    const at = span.since.getTime() + place * span.stepMs;
    return { ...nothing, ...byTime.get(at), at: new Date(at), failures: failures.get(at) ?? 0 };
  });
}

const nothing = { messages: 0, notifications: 0, calls: 0, faults: 0, connections: 0, latencies: [], failures: 0 };

/** Minutes of the last step of which it is known who was connected: those that are over, and the one that is now once it has its sample. */
async function countSampled(db: Database, tenantId: TenantId, { now, begin }: { now: number; begin: number }) {
  const minute = Math.floor(now / minuteMs) * minuteMs;
  const span = { since: new Date(minute), upto: new Date(minute + minuteMs), stepMs: minuteMs };
  const [found] = await readMinutes(db, tenantId, span);
  return (minute - begin) / minuteMs + (found && found.connections > 0 ? 1 : 0);
}

/** @param share by how much a step is longer than its minutes so far: the database divides by all of them */
function presentMean(connections: number, share: number): { connections?: number } {
  return Number.isFinite(share) ? { connections: Math.round(connections * share * 100) / 100 } : {};
}

type Figures = Omit<Point, "at" | "connections">;

function sum(points: Figures[]): Figures {
  return points.reduce<Figures>(
    (total, { latencies, ...point }) => ({
      messages: total.messages + point.messages,
      notifications: total.notifications + point.notifications,
      calls: total.calls + point.calls,
      faults: total.faults + point.faults,
      failures: total.failures + point.failures,
      latencies: addCounts(total.latencies, latencies),
    }),
    nothing,
  );
}

function present({ messages, notifications, failures, calls, faults, latencies }: Figures): Metrics["total"] {
  const [p50Ms, p99Ms] = [quantile(latencies, 0.5), quantile(latencies, 0.99)];
  return {
    ...{ messages, notifications, failures, calls, faults },
    ...(p50Ms === undefined ? {} : { p50Ms }),
    ...(p99Ms === undefined ? {} : { p99Ms }),
  };
}
