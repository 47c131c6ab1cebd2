import type { Logger } from "pino";
import type { TenantId } from "./auth/principal.ts";
import { latencyPlace, latencySteps } from "./domain/metrics/policy.ts";
import { addMinutes, type MinuteSample } from "./domain/metrics/store.ts";
import type { Database } from "./persistence/database.ts";
import { WriteBehind } from "./persistence/write-behind.ts";

const minuteMs = 60_000;
const tenSecondsMs = 10_000;

interface Options {
  db: Database;
  log: Pick<Logger, "warn">;
  now(): number;
  /** Open connections of this node, by tenant */
  connections(): Map<TenantId, number>;
}

/**
 * Calls and connections as the tenant's charts show them: counted in memory by the minute, and added to the tenant's minutes every ten
 * seconds in one statement a tenant. A crash loses those seconds; figures of the log are counted from the log, and lose nothing.
 */
export class MinuteLog {
  private readonly options: Options;
  private readonly samples: WriteBehind<Map<number, MinuteSample>>;
  private readonly timer: NodeJS.Timeout;
  private sampled: number;

  constructor(options: Options) {
    this.options = options;
    this.samples = new WriteBehind({
      withinMs: tenSecondsMs,
      begin: () => new Map(),
      write: (tenantId, minutes) => addMinutes(options.db.pool, tenantId, [...minutes.values()]),
      onLost: (err, tenantId) => options.log.warn({ err, tenantId }, "figures of some seconds could not be written"),
    });
    this.sampled = this.minute();
    this.timer = setInterval(() => this.sample(), tenSecondsMs).unref();
  }

  /** Counts a call. `ms` is its duration, `status` what it ended with. */
  note(tenantId: TenantId, ms: number, status: number): void {
    const sample = this.sampleOf(tenantId, this.minute());
    sample.calls++;
    if (status >= 500) sample.faults++;
    const place = latencyPlace(ms);
    sample.latencies[place] = (sample.latencies[place] ?? 0) + 1;
  }

  /** Writes what was counted. Never throws: the log says what was lost. */
  flush(): Promise<void> {
    this.sample();
    return this.samples.flush();
  }

  close(): Promise<void> {
    clearInterval(this.timer);
    return this.flush();
  }

  /** Once in each minute, so that the nodes' samples add up. */
  private sample(): void {
    const minute = this.minute();
    if (minute === this.sampled) return;
    this.sampled = minute;
    for (const [tenantId, count] of this.options.connections()) this.sampleOf(tenantId, minute).connections = count;
  }

  private sampleOf(tenantId: TenantId, minute: number): MinuteSample {
    const minutes = this.samples.of(tenantId);
    const known = minutes.get(minute);
    if (known) return known;
    const latencies = Array.from({ length: latencySteps.length + 1 }, () => 0);
    const made = { minute, calls: 0, faults: 0, connections: 0, latencies };
    minutes.set(minute, made);
    return made;
  }

  private minute(): number {
    return Math.floor(this.options.now() / minuteMs) * minuteMs;
  }
}
