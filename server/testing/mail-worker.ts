import { startWorker } from "../jobs/worker.ts";

const day = 86_400_000;
/** What a server puts off is tried again when a test says so: no job for that is among those that are waited for. */
export const untilTold = { again: 200, first: day, longest: day };

/** A worker that has loaded what writes mail, which takes long: no test waits for that in the time that it gives a mail. */
export async function startMailWorker(...settings: Parameters<typeof startWorker>): ReturnType<typeof startWorker> {
  await import("../jobs/mail/compose.tsx");
  return await startWorker(...settings);
}
