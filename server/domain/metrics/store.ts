import type { Pool } from "pg";
import type { TenantId } from "../../auth/principal.ts";
import type { Database } from "../../persistence/database.ts";
import type { TenantTransaction } from "../../persistence/prisma.ts";

// Hand-written SQL: sums over thousands of minutes, and counters that many processes add to, each in one round trip.

/** What a node saw of a tenant in a minute. */
export interface MinuteSample {
  /** When it began, in ms since 1970 */
  minute: number;
  calls: number;
  faults: number;
  /** Open connections, where this is the minute's sample of them */
  connections: number;
  latencies: number[];
}

export async function addMinutes(pool: Pool, tenantId: TenantId, samples: MinuteSample[]): Promise<void> {
  const input = samples.map(({ minute, calls, faults, connections, latencies }) => ({
    m: minute,
    c: calls,
    f: faults,
    o: connections,
    l: latencies,
  }));
  await pool.query("select add_minutes_v1($1, $2)", [tenantId, JSON.stringify(input)]);
}

/** Counts the log's events in (after, upto] by the minute. */
export async function countMinutes(
  tx: TenantTransaction,
  tenantId: TenantId,
  { after, upto }: { after: number; upto: number },
): Promise<void> {
  await tx.$executeRaw`select count_minutes_v1(${tenantId}, ${after}::bigint, ${upto}::bigint)`;
}

export interface MinuteSum {
  at: Date;
  messages: number;
  notifications: number;
  calls: number;
  faults: number;
  /** The mean over the step's minutes */
  connections: number;
  latencies: number[];
}

/** Sums in steps of `stepMs` from `since` on, oldest first, without the empty ones. */
export async function readMinutes(
  db: Database,
  tenantId: TenantId,
  { since, upto, stepMs }: { since: Date; upto: Date; stepMs: number },
): Promise<MinuteSum[]> {
  const rows = await db.forTenant(tenantId).$queryRaw<(Omit<MinuteSum, "latencies"> & { latencies: bigint[] })[]>`
    select at, messages, notifications, calls, faults, connections, latencies
    from read_minutes_v1(${tenantId}, ${since}, ${upto}, make_interval(secs => ${stepMs / 1000}::float8))`;
  return rows.map((row) => ({
    at: row.at,
    messages: Number(row.messages),
    notifications: Number(row.notifications),
    calls: Number(row.calls),
    faults: Number(row.faults),
    connections: row.connections,
    latencies: row.latencies.map(Number),
  }));
}

/** Mails that bounced or were given up, in the same steps: when the step begins, and how many. */
export async function countFailures(
  db: Database,
  tenantId: TenantId,
  { since, upto, stepMs }: { since: Date; upto: Date; stepMs: number },
): Promise<Map<number, number>> {
  const rows = await db.forTenant(tenantId).$queryRaw<{ at: Date; n: bigint }[]>`
    select date_bin(make_interval(secs => ${stepMs / 1000}::float8), updated_at, ${since}) as at, count(*) as n
    from deliveries
    where tenant_id = ${tenantId} and status in ('failed', 'bounced') and updated_at >= ${since} and updated_at < ${upto}
    group by 1`;
  return new Map(rows.map(({ at, n }) => [at.getTime(), Number(n)]));
}

/** Takes out the minutes before a time; returns how many, at most `limit`. */
export async function retainMinutes(pool: Pool, tenantId: TenantId, before: Date, limit: number): Promise<number> {
  const { rows } = await pool.query<{ gone: number }>("select retain_minutes_v1($1, $2, $3) as gone", [
    tenantId,
    before,
    limit,
  ]);
  return rows[0]?.gone ?? 0;
}
