import { text } from "node:stream/consumers";
import type { Config } from "../config/config.ts";
import { startWorker, type WorkerOptions } from "../jobs/worker.ts";

/** What a test's worker process is started with. */
export interface WorkerOrder {
  config: Omit<Config, "roles">;
  options: WorkerOptions;
  /** The process kills itself the first time it comes to this moment between two steps. */
  dieAt?: string;
}

// Loaded it waits for its order; when whoever would give it is gone, it ends.
const said = await text(process.stdin);
if (said === "") process.exit();
const { config, options, dieAt } = JSON.parse(said) as WorkerOrder;
await startWorker(
  { ...config, roles: new Set(["worker"]) },
  {
    ...options,
    step: (name) => {
      if (name === dieAt) process.kill(process.pid, "SIGKILL");
    },
  },
);
process.stdout.write("ready\n");
