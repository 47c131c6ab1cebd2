import { LRUCache } from "lru-cache";
import type { Logger } from "pino";
import type { TenantId } from "./auth/principal.ts";
import { latencyPlace, latencySteps } from "./domain/metrics/policy.ts";
import { addMinutes, type MinuteSample } from "./domain/metrics/store.ts";
import type { Database } from "./persistence/database.ts";

const minuteMs = 60_000;
const writeEveryMs = 10_000;

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
  /** The present minute's; what is older was written. */
  private readonly tenants = new LRUCache<TenantId, Map<number, MinuteSample>>({ max: 5000 });
  private readonly timer: NodeJS.Timeout;
  private sampled: number;
  private writing: Promise<void> = Promise.resolve();

  constructor(options: Options) {
    this.options = options;
    this.sampled = this.minute();
    this.timer = setInterval(() => void this.flush(), writeEveryMs).unref();
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
    const due = [...this.tenants.entries()];
    this.tenants.clear();
    this.writing = this.writing.then(async () => {
      for (const [tenantId, samples] of due) await this.write(tenantId, [...samples.values()]);
    });
    return this.writing;
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

  private async write(tenantId: TenantId, samples: MinuteSample[]): Promise<void> {
    try {
      await addMinutes(this.options.db.pool, tenantId, samples);
    } catch (error) {
      this.options.log.warn({ err: error, tenantId }, "figures of some seconds could not be written");
    }
  }

  private sampleOf(tenantId: TenantId, minute: number): MinuteSample {
    const minutes = this.tenants.get(tenantId) ?? new Map<number, MinuteSample>();
    if (minutes.size === 0) this.tenants.set(tenantId, minutes);
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
