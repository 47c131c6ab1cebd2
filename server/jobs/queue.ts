import { Logger, parseCronItems, type Runner, run } from "graphile-worker";
import type { Logger as PinoLogger } from "pino";
import { createPool } from "../persistence/pool.ts";
import { schedule, type TaskContext, taskList } from "./tasks.ts";

/**
 * Runs the jobs on Postgres. The queue's own tables are behind row-level security of its own, so they are worked as their owner;
 * what a task does to tenants' rows goes through the context's pool, as the role that owns nothing.
 */
export async function startQueue(options: {
  ownerUrl: string;
  context: TaskContext;
  log: PinoLogger;
}): Promise<{ stop(): Promise<void> }> {
  const pool = createPool({ url: options.ownerUrl, max: 4, name: "parley queue" });
  let runner: Runner;
  try {
    runner = await run({
      pgPool: pool,
      concurrency: 4,
      noHandleSignals: true,
      taskList: taskList(options.context),
      parsedCronItems: parseCronItems(schedule),
      logger: new Logger(
        (scope) => (level, message) =>
          options.log[level === "warning" ? "warn" : level === "error" ? "error" : "debug"]({ scope }, message),
      ),
    });
  } catch (error) {
    await pool.end();
    throw error;
  }
  return {
    stop: async () => {
      await runner.stop();
      await pool.end();
    },
  };
}
