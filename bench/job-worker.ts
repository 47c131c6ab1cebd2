import { startWorker } from "../server/jobs/worker.ts";
import { answer, usage } from "./child.ts";
import { benchConfig } from "./config.ts";

// The real worker role.

const [ownerUrl = "", runtimeUrl = ""] = process.argv.slice(2);
await startWorker(benchConfig({ ownerUrl, runtimeUrl }));

const handlers = { usage };

export type JobWorker = typeof handlers;
answer(handlers);
