import type { CronItem, TaskList } from "graphile-worker";
import type { Logger } from "pino";
import type { Config } from "../config/config.ts";
import type { Step } from "../log/planner.ts";
import type { Database } from "../persistence/database.ts";
import { runRetention } from "./retention.ts";

/** What tasks and the worker's loops work with. */
export interface TaskContext {
  config: Config;
  db: Database;
  log: Logger;
  /** The clock, in ms since 1970. */
  now(): number;
  /** For tests: see `Step`. */
  step?: Step | undefined;
}

/** Every kind of job there is. */
export function taskList({ db, log }: Pick<TaskContext, "db" | "log">): TaskList {
  return {
    retention: async () => {
      const gone = await runRetention(db.pool);
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
