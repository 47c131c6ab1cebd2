import type { CronItem, TaskList } from "graphile-worker";
import type { Pool } from "pg";
import type { Logger } from "pino";
import { runRetention } from "./retention.ts";

export interface TaskContext {
  pool: Pool;
  log: Logger;
}

/** Every kind of job there is. */
export function taskList({ pool, log }: TaskContext): TaskList {
  return {
    retention: async () => {
      const gone = await runRetention(pool);
      log.info(gone, "retention done");
    },
  };
}

/** What runs by the clock. A run missed while nothing was up is made up for once. */
export const schedule: CronItem[] = [
  {
    task: "retention",
    match: "7 * * * *",
    identifier: "retention",
    options: { backfillPeriod: 2 * 60 * 60 * 1000, maxAttempts: 5, jobKey: "retention" },
  },
];
