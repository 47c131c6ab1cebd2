import { StartError } from "../config/start-error.ts";

/** What the main process tells a child. */
export type Order<Settings> = { type: "start"; settings: Settings } | { type: "stop" };

/** What a child tells the main process. */
export type Report = { type: "ready"; port?: number } | { type: "failed"; reason: string };

export interface Running {
  /** Where it listens, if it does. */
  port?: number;
  close(): Promise<void>;
}

const LAST_BREATH_MS = 5_000;

/**
 * The child's side of the channel to the main process: starts on order, stops on order, and ends by itself when the channel
 * closes, so that killing the main process leaves nobody behind.
 */
export function runAsChild<Settings>(name: string, start: (settings: Settings) => Promise<Running>): void {
  process.title = `parley ${name}`;
  // Only the main process says when to stop: it still needs us while it drains.
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) process.on(signal, () => {});
  let running: Promise<Running> | undefined;
  process.on("message", (order: Order<Settings>) => {
    if (order.type === "stop") void leave(running);
    else running ??= begin(start, order.settings);
  });
  process.on("disconnect", () => void leave(running));
}

async function begin<Settings>(start: (settings: Settings) => Promise<Running>, settings: Settings): Promise<Running> {
  try {
    const running = await start(settings);
    tell({ type: "ready", port: running.port });
    return running;
  } catch (error) {
    tell({ type: "failed", reason: error instanceof StartError ? error.message : String((error as Error).stack) });
    return await new Promise(() => {}); // the main process ends us
  }
}

async function leave(running: Promise<Running> | undefined): Promise<void> {
  setTimeout(() => process.exit(1), LAST_BREATH_MS).unref();
  try {
    await (await running)?.close();
    process.exit(0);
  } catch (error) {
    console.error(`parley: ${process.title} did not close cleanly: ${(error as Error).message}`);
    process.exit(1);
  }
}

function tell(report: Report): void {
  if (process.connected) process.send?.(report);
}
