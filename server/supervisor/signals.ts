const ECHO_MS = 1_000;

/**
 * Calls `stop` at the first signal to end. Whatever comes within a second of it is its echo: npm passes signals on, and a signal
 * to the process group reaches us directly as well. A later one means that somebody is out of patience: `force`.
 */
export function onStopSignal({ stop, force }: { stop(signal: string): void; force(): void }): void {
  let stoppedAt: number | undefined;
  const handle = (signal: NodeJS.Signals) => {
    if (stoppedAt === undefined) {
      stoppedAt = performance.now();
      stop(signal);
    } else if (performance.now() - stoppedAt > ECHO_MS) force();
  };
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) process.on(signal, handle);
}
