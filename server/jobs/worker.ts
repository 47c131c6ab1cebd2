import { pino } from "pino";
import type { Config } from "../config/config.ts";
import { createPool } from "../persistence/pool.ts";
import { startQueue } from "./queue.ts";

/** The worker role: jobs on Postgres. `close` lets running jobs finish. Throws when the database is not to be had. */
export async function startWorker(config: Config): Promise<{ close(): Promise<void> }> {
  const log = pino({ level: config.logLevel, base: { role: "worker" } });
  const pool = createPool({ url: config.database.runtimeUrl, max: 4, name: "parley worker" });
  try {
    const queue = await startQueue({ ownerUrl: config.database.ownerUrl, context: { pool, log }, log });
    return {
      close: async () => {
        await queue.stop();
        await pool.end();
      },
    };
  } catch (error) {
    await pool.end();
    throw error;
  }
}
