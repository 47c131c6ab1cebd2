import { text } from "node:stream/consumers";
import type { Config } from "../config/config.ts";
import { startWorker, type WorkerOptions } from "../jobs/worker.ts";

/** What a test's worker process is started with. */
export interface WorkerOrder {
  config: Omit<Config, "roles">;
  options: WorkerOptions;
  /** The process kills itself when it comes to this moment between two steps, the first time or the one given. */
  dieAt?: { step: string; time?: number };
}

// What a worker loads with its first mail is loaded before its order: a test kills many in a row.
await import("../jobs/mail/compose.tsx");
// Loaded it waits for its order; when whoever would give it is gone, it ends.
const said = await text(process.stdin);
if (said === "") process.exit();
const { config, options, dieAt } = JSON.parse(said) as WorkerOrder;
let left = dieAt?.time ?? 1;
await startWorker(
  { ...config, roles: new Set(["worker"]) },
  {
    ...options,
    step: (name) => {
      if (name === dieAt?.step && --left === 0) process.kill(process.pid, "SIGKILL");
    },
  },
);
process.stdout.write("ready\n");
