import { readMetrics } from "./read-metrics.ts";

export const metricsOperations = { read: readMetrics };
