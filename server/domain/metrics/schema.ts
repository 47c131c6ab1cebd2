import { z } from "zod";

const minute = 60_000;

/** What may be looked at: how long it is, and how long one point of it, in ms. */
export const ranges = {
  hour: { length: 60 * minute, step: minute },
  day: { length: 24 * 60 * minute, step: 15 * minute },
  month: { length: 30 * 24 * 60 * minute, step: 6 * 60 * minute },
} as const;

export type Range = keyof typeof ranges;

/** Two of the longest range, so that it can be compared with the one before. */
export const minutesKeptFor = 61 * 24 * 60 * minute;

const figures = {
  messages: z.number().int().describe("Messages that were created"),
  notifications: z.number().int().describe("Notifications that were created, one a recipient"),
  failures: z.number().int().describe("Mails that bounced or were given up"),
  calls: z.number().int().describe("Calls over REST, tRPC and the hub that ended"),
  faults: z.number().int().describe("Of these, calls that ended with a status of 500 or more"),
  p50Ms: z.number().optional().describe("Half of the calls took no longer, in ms; absent without calls"),
  p99Ms: z.number().optional().describe("99 of 100 calls took no longer, in ms"),
};

export const metricsSchema = z
  .object({
    from: z.string().describe("When the first point begins"),
    to: z.string(),
    stepSeconds: z.number().int().describe("How long a point is"),
    points: z.array(
      z
        .object({
          at: z.string().describe("When the point begins"),
          ...figures,
          connections: z
            .number()
            .optional()
            .describe("Open live connections, the mean of a sample a minute; absent while the last point has none yet"),
        })
        .meta({ id: "MetricsPoint" }),
    ),
    total: z.object(figures).meta({ id: "MetricsTotal" }),
    before: z.object(figures).meta({ id: "MetricsBefore" }).describe("The same of as long a time before"),
    connectionsNow: z.number().int().describe("Open live connections on all nodes"),
  })
  .meta({ id: "Metrics" });

export type Metrics = z.output<typeof metricsSchema>;
