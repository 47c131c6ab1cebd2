import { EventEmitter } from "node:events";
import {
  type CronItem,
  Logger,
  parseCronItems,
  type Runner,
  run,
  type TaskList,
  type WorkerPool,
} from "graphile-worker";
import type { Pool } from "pg";
import type { Logger as PinoLogger } from "pino";
import { beatWorker, forgetWorker, rescueJobs } from "../persistence/jobs.ts";
import { createPool } from "../persistence/pool.ts";
import { QueuePool } from "../persistence/queue-pool.ts";
import { schedule } from "./tasks.ts";

interface Options {
  ownerUrl: string;
  tasks: TaskList;
  /** Tasks that have as many slots of their own, and keep none of the others' waiting. */
  apart?: TaskList;
  log: PinoLogger;
  /** How often a worker says that it is alive, and for how long it is believed; ms. A dead one's jobs go on after that. */
  beat?: number;
  patience?: number;
  /** How often jobs that wait for a time are looked for, in ms. Those for now are heard of at once. */
  look?: number;
  /** Jobs at a time. */
  concurrency: number;
}

/** ms; see Options. */
export const waits = { beat: 5_000, patience: 30_000, look: 1_000 };

/**
 * Runs the jobs on Postgres. The queue's own tables are behind row-level security of its own, so they are worked as their owner;
 * what a task does to tenants' rows goes through the tasks' pool, as the role that owns nothing.
 */
export async function startQueue(options: Options): Promise<{ stop(): Promise<void> }> {
  const { beat = waits.beat, patience = waits.patience, look = waits.look, concurrency, apart, log } = options;
  // Slots take and end their jobs on them, which those that wait for strangers do seldom, one or two listen, and so many are for the pulse.
  // They are made when they are needed.
  const pool = createPool({ url: options.ownerUrl, max: concurrency + (apart ? 4 : 2), name: "parley queue", log });
  const ends = new QueuePool({
    pool,
    onError: (error) => log.warn({ err: error }, "how a job ended is not written yet; it is tried again"),
  });
  const events = new EventEmitter();
  const lives: Life[] = [];
  // Known to be alive before it takes its first job: its id is there as soon as it is made.
  events.on("pool:create", ({ workerPool }: { workerPool: WorkerPool }) => {
    const life = new Life(pool, patience, log);
    lives.push(life);
    life.begin(workerPool.id, beat);
  });
  const begin = (taskList: TaskList, items: CronItem[]) =>
    run({
      pgPool: ends.pool,
      concurrency,
      pollInterval: look,
      events,
      noHandleSignals: true,
      taskList,
      parsedCronItems: parseCronItems(items),
      logger: new Logger(
        (scope) => (level, message) =>
          log[level === "warning" ? "warn" : level === "error" ? "error" : "debug"]({ scope }, message),
      ),
    });
  const runners: Runner[] = [];
  try {
    runners.push(await begin(options.tasks, schedule));
    if (apart) runners.push(await begin(apart, []));
  } catch (error) {
    for (const runner of runners) await runner.stop();
    for (const life of lives) life.end();
    await pool.end();
    throw error;
  }
  return {
    stop: async () => {
      await Promise.all(runners.map((runner) => runner.stop()));
      await ends.settle();
      for (const life of lives) await life.leave();
      await pool.end();
    },
  };
}

/** The queue's own patience with a worker that is gone is four hours; ours is half a minute. */
export class Life {
  /** By performance.now(); of the last beat that was written. */
  private beatAt = Number.NEGATIVE_INFINITY;
  private id: string | undefined;
  private timer: NodeJS.Timeout | undefined;
  private pulse: Promise<void> = Promise.resolve();
  private readonly pool: Pool;
  private readonly patience: number;
  private readonly log: PinoLogger;

  constructor(pool: Pool, patience: number, log: PinoLogger) {
    this.pool = pool;
    this.patience = patience;
    this.log = log;
  }

  begin(id: string, every: number): void {
    this.id = id;
    this.timer = setInterval(() => this.tick(), every).unref();
    this.tick();
  }

  end(): void {
    clearInterval(this.timer);
  }

  async leave(): Promise<void> {
    this.end();
    await this.pulse;
    if (this.id !== undefined) await forgetWorker(this.pool, this.id);
  }

  private tick(): void {
    this.pulse = this.pulse
      .then(async () => {
        if (this.id !== undefined) await beatWorker(this.pool, this.id);
        const before = this.beatAt;
        this.beatAt = performance.now();
        // What kept this beat, a Postgres that was away, kept those of the others: they have until the next one.
        if (this.beatAt - before > this.patience / 2) return;
        const dead = await rescueJobs(this.pool, this.patience);
        if (dead > 0) this.log.warn({ dead }, "jobs of workers that died go on");
      })
      .catch((error) => this.log.warn({ err: error }, "a worker's heartbeat failed; it is tried again"));
  }
}
