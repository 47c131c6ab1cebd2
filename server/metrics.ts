import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from "prom-client";

export const registry = new Registry();
collectDefaultMetrics({ register: registry });
keepLastGood();

const calls = new Histogram({
  name: "parley_operation_seconds",
  help: "Time in an operation, by operation and outcome",
  labelNames: ["operation", "code"],
  buckets: [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5],
  registers: [registry],
});

export const committedEvents = new Counter({
  name: "parley_events_committed_total",
  help: "Events that this node appended to logs",
  registers: [registry],
});

export const connections = new Gauge({
  name: "parley_connections",
  help: "Open live connections of this node",
  registers: [registry],
});

/** Counts a call. `ms` is its duration, `code` an error code or ok. */
export function observeCall(operation: string, code: string, ms: number): void {
  calls.observe({ operation, code }, ms / 1000);
}

/** Each scrape empties what the library has counted of the event loop's delay; of nothing it gives no number, or the largest there is. */
function keepLastGood(): void {
  for (const part of ["min", "max", "mean", "stddev", "p50", "p90", "p99"]) {
    const gauge = registry.getSingleMetric(`nodejs_eventloop_lag_${part}_seconds`) as Gauge;
    const set: (labels: object, seconds: number) => void = gauge.set.bind(gauge);
    gauge.set = ((labels: object, seconds: number) => {
      if (seconds > 0 && seconds < 1e6) set(labels, seconds);
    }) as typeof gauge.set;
  }
}
