import { Pool } from "pg";
import { mintTenantId, type TenantId } from "../auth/principal.ts";
import { DomainError } from "../errors.ts";
import { newId } from "../ids.ts";
import type { Span } from "./cursor-form.ts";
import { liftTimeouts } from "./lift-timeouts.ts";
import type { TenantTransaction } from "./prisma.ts";
import type { TimeCursor } from "./time-cursor.ts";

// Hand-written SQL: the queue's tables are of another owner. What a tenant may do with them are functions, and Prisma calls none.

/** Later work of a tenant. */
export interface Job {
  task: string;
  payload: { tenantId: TenantId; [field: string]: unknown };
  /** A waiting job of the same key is replaced; a running one goes on and another is made. A key of its own unless given. */
  key?: string;
  /** Now unless given. */
  runAt?: Date;
  /** 25 unless given; then it is in the dead-letter list. */
  maxAttempts?: number;
  /** Jobs of one queue run one after another, and hold one slot of all workers between them. Beside all others unless given. */
  queue?: string;
  /** Comes after all others that are due: it keeps a slot waiting for strangers. */
  last?: boolean;
}

export interface DeadJob {
  id: string;
  task: string;
  payload: unknown;
  attempts: number;
  error: string | null;
  createdAt: Date;
  diedAt: Date;
}

/** Enqueues jobs in the caller's transaction, all or none with it, in one batch. Each is of the transaction's tenant. */
export async function enqueueJobs(tx: TenantTransaction, jobs: Job[]): Promise<void> {
  if (jobs.length === 0) return;
  // Of two with the same key the later one counts.
  const byKey = new Map(jobs.map((job) => [job.key ?? newId(), job]));
  const input = [...byKey].map(([key, { task, payload, runAt, maxAttempts, queue, last }]) => ({
    task,
    payload,
    key,
    queue,
    run_at: runAt?.toISOString(),
    max_attempts: maxAttempts,
    last,
  }));
  await tx.$executeRaw`select enqueue_jobs_v1(${JSON.stringify(input)}::json)`;
}

/** Whose job it is: enqueueJobs let nobody else's in. */
export function tenantOf(payload: unknown): TenantId {
  return mintTenantId(String((payload as { tenantId?: unknown }).tenantId));
}

/** Jobs of the transaction's tenant that failed for good, newest first: of a page, or of a span of when they died. */
export async function listDeadJobs(
  tx: TenantTransaction,
  part: { offset: number; pageSize: number } | Span<TimeCursor>,
): Promise<{ total: number; jobs: DeadJob[] }> {
  const { before, after, limit, offset } =
    "limit" in part ? { ...part, offset: 0 } : { limit: part.pageSize, offset: part.offset };
  const rows = await tx.$queryRaw<(DeadJob & { total: number })[]>`
    select id, task, payload, attempts, error, created_at as "createdAt", died_at as "diedAt", total
    from dead_jobs_v3(${limit}::int, ${offset}::int, ${before?.at}::timestamptz, ${before?.id}::bigint,
      ${after?.at}::timestamptz, ${after?.id}::bigint)`;
  return { total: rows[0]?.total ?? 0, jobs: rows.map(({ total, ...job }) => job) };
}

/** Tries a dead job of the transaction's tenant again, or takes it out. Throws `not_found` when there is none of that id. */
export async function settleDeadJob(tx: TenantTransaction, id: string, fate: "again" | "away"): Promise<void> {
  if (!/^\d{1,18}$/.test(id)) throw new DomainError("not_found");
  const rows = await tx.$queryRaw<{ done: boolean }[]>`
    select settle_dead_job_v1(${id}, ${fate === "again"}) as done`;
  if (!rows[0]?.done) throw new DomainError("not_found");
}

/**
 * Takes out jobs of all tenants that failed for good, before a time or with `most` newer ones of their tenant's and task, and those of which
 * nobody would hear any more; returns how many, at most `limit`.
 */
export async function retainJobs(pool: Pool, before: Date, most: number, limit: number): Promise<number> {
  const { rows } = await pool.query<{ gone: number }>("select retain_jobs_v1($1, $2, $3) as gone", [
    before,
    most,
    limit,
  ]);
  return rows[0]?.gone ?? 0;
}

/** Brings the queue's own tables to its version. As their owner. */
export async function migrateQueue(connectionString: string): Promise<void> {
  const { runMigrations } = await import("graphile-worker"); // a good part of what a start would load, for the one that migrates
  const pgPool = new Pool({ connectionString, max: 1, onConnect: liftTimeouts });
  const ignore = () => {}; // the next query tells
  pgPool.on("error", ignore).on("connect", (client) => client.on("error", ignore));
  await runMigrations({ pgPool }).finally(() => pgPool.end());
}

/** Says that a pool of the queue is alive. As the queue's owner. */
export async function beatWorker(pool: Pool, id: string): Promise<void> {
  await pool.query(
    `insert into job_workers (id, seen_at) values ($1, clock_timestamp())
     on conflict (id) do update set seen_at = excluded.seen_at`,
    [id],
  );
}

/** Frees the jobs of pools that were not seen for so many ms; returns of how many. As the queue's owner. */
export async function rescueJobs(pool: Pool, patienceMs: number): Promise<number> {
  const { rows } = await pool.query<{ dead: number }>("select rescue_jobs_v1(make_interval(secs => $1)) as dead", [
    patienceMs / 1000,
  ]);
  return rows[0]?.dead ?? 0;
}

/** Takes a pool that has ended in order off the list. As the queue's owner. */
export async function forgetWorker(pool: Pool, id: string): Promise<void> {
  await pool.query("delete from job_workers where id = $1", [id]);
}
