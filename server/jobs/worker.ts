import type { Config } from "../config/config.ts";

/** Starts what the worker role does. Nothing yet: the queue comes with the first job. */
export async function startWorker(_config: Config): Promise<{ close(): Promise<void> }> {
  return { close: async () => {} };
}
