import type { Pool } from "pg";
import { type Logger, pino } from "pino";
import type { TenantId } from "../auth/principal.ts";
import type { LogEvent } from "../events.ts";
import { type LaneLimits, Lanes } from "./lane.ts";
import { createPool } from "./pool.ts";
import { createPrisma, type TenantClient, tenantClient } from "./prisma.ts";

export type CommitListener = (tenantId: TenantId, events: LogEvent[]) => void;

/** The process's way to Postgres: one pool for flushes, one for everything else, both as the role that owns nothing. */
export interface Database {
  pool: Pool;
  prisma: ReturnType<typeof createPrisma>;
  lanes: Lanes;
  /** Prisma behind row-level security as that tenant. */
  forTenant(tenantId: TenantId): TenantClient;
  /** Called after each commit with the events it appended, in order. */
  onCommit(listener: CommitListener): void;
  committed: CommitListener;
  /** Postgres' clock, in ms since 1970: whether a time has come is the same question on every machine. */
  now(): Promise<number>;
  /** What a statement is to take for the present, in ms since 1970. Undefined, and it goes by Postgres' clock; only tests have another. */
  moment(): number | undefined;
  /** Whether Postgres answers now. */
  answers(): Promise<boolean>;
  close(): Promise<void>;
}

/** Opens the pools. `close` waits for the lanes to be empty. */
export function openDatabase(options: {
  url: string;
  lanes?: Partial<LaneLimits>;
  name?: string;
  connections?: number;
  /** Of the role whose it is: what is said here goes by its level. */
  log?: Pick<Logger, "warn" | "error">;
  /** For tests: the clock instead of Postgres' own. */
  clock?: (() => number) | undefined;
}): Database {
  const { url, name = "parley", log = pino({ name: "postgres" }) } = options;
  const flushes = options.lanes?.flushes ?? 8;
  const lanePool = createPool({ url, max: flushes, name: `${name} lanes`, log });
  const pool = createPool({ url, max: options.connections ?? 16, name, log });
  const prisma = createPrisma(pool);
  const listeners: CommitListener[] = [];
  // What is committed stays so: a listener that fails must not make its caller believe otherwise.
  const committed: CommitListener = (tenantId, events) => {
    for (const listener of listeners)
      try {
        listener(tenantId, events);
      } catch (error) {
        log.error({ err: error, tenantId }, "a listener of commits failed");
      }
  };
  const lanes = new Lanes(lanePool, committed, options.lanes);
  return {
    pool,
    prisma,
    lanes,
    committed,
    forTenant: (tenantId) => tenantClient(prisma, tenantId),
    onCommit: (listener) => void listeners.push(listener),
    moment: () => options.clock?.(),
    now: async () => {
      if (options.clock) return options.clock();
      const { rows } = await pool.query<{ now: Date }>({ name: "now", text: "select clock_timestamp() as now" });
      if (!rows[0]) throw new Error("Postgres did not say what time it is");
      return rows[0].now.getTime();
    },
    answers: () =>
      pool.query("select 1").then(
        () => true,
        () => false,
      ),
    close: async () => {
      await lanes.drain();
      await prisma.$disconnect();
      await Promise.all([lanePool.end(), pool.ended ? undefined : pool.end()]);
    },
  };
}
