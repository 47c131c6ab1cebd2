import { listDeadJobs } from "./list-dead-jobs.ts";
import { removeDeadJob } from "./remove-dead-job.ts";
import { retryDeadJob } from "./retry-dead-job.ts";

export const jobOperations = { listDead: listDeadJobs, retryDead: retryDeadJob, removeDead: removeDeadJob };
