/** What a process of a bench can be asked, by name. */
export type Handlers = Record<string, (argument: never) => unknown>;

interface Question {
  id: number;
  name: string;
  argument: never;
}

/** The side of the child: answers what its parent asks, and ends with it. */
export function answer(handlers: Handlers): void {
  process.on("message", async ({ id, name, argument }: Question) => {
    try {
      const result = await handlers[name]?.(argument);
      process.send?.({ id, result });
    } catch (error) {
      process.send?.({ id, error: error instanceof Error ? error.stack : String(error) });
    }
  });
  process.on("disconnect", () => process.exit());
  process.send?.({ id: 0 });
}

export interface Usage {
  /** User and system time so far, in µs */
  cpu: number;
  /** Bytes; after garbage collection when the process was started with --expose-gc */
  rss: number;
  /** Bytes that the heap's objects and their buffers take */
  heap: number;
}

export async function usage(): Promise<Usage> {
  // Twice, with a turn between: the first collection lets finalizers run, whose garbage only the second one finds.
  for (let i = 0; i < 2 && globalThis.gc; i++) {
    globalThis.gc();
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  const { user, system } = process.cpuUsage();
  const { rss, heapUsed, external } = process.memoryUsage();
  return { cpu: user + system, rss, heap: heapUsed + external };
}
