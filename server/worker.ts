import type { Config } from "./config/config.ts";
import { startWorker } from "./jobs/worker.ts";
import { runAsChild } from "./supervisor/child.ts";

// The worker role: planner and jobs, apart from the sockets so that neither makes the other wait.
runAsChild<Config>("worker", startWorker);
