import type { EmbeddedPostgres } from "../persistence/embedded.ts";
import type { Progress } from "./progress.ts";

const INTERVAL_MS = 2_000;

/** Starts the embedded Postgres again, on the same port, should it end while we run: killed for memory, for one. */
export function watchPostgres(postgres: EmbeddedPostgres, progress: Progress, signal: AbortSignal): void {
  let busy = false;
  const look = async () => {
    if (busy || postgres.isRunning()) return;
    busy = true;
    progress.say("Postgres ended unexpectedly: it is started again");
    try {
      await postgres.restart();
      progress.say("Postgres runs again");
    } catch (error) {
      progress.say((error as Error).message);
    } finally {
      busy = false;
    }
  };
  const timer = setInterval(() => void look(), INTERVAL_MS).unref();
  signal.addEventListener("abort", () => clearInterval(timer));
}
