import type { QueryClient } from "@tanstack/react-query";
import { concerns, hasEvents, type TenantEvent } from "./live-paths.ts";

/** Between two rounds of asking anew, in ms. */
const pauseMs = 1000;

interface Options {
  queries: QueryClient;
  /** Whether anybody looks: nothing is asked for a page behind another. */
  isSeen(): boolean;
  pause?: number;
}

/**
 * Asks queries anew that events concern: the first at once, then all that came meanwhile together, in rounds that do not overlap. However
 * many events there are, a query is asked once a round; what is remembered is no more than there are queries.
 */
export class Follower {
  private readonly due = new Set<string>();
  private isRunning = false;
  private readonly options: Options;

  constructor(options: Options) {
    this.options = options;
  }

  event(event: TenantEvent): void {
    this.mark((queryKey) => concerns(event, queryKey));
  }

  /** Events were missed. */
  gap(): void {
    this.mark(hasEvents);
  }

  /** Goes on with what was left, when somebody looks again. */
  wake(): void {
    void this.run();
  }

  private mark(isConcerned: (queryKey: readonly unknown[]) => boolean): void {
    for (const { queryKey, queryHash } of this.options.queries.getQueryCache().getAll())
      if (!this.due.has(queryHash) && isConcerned(queryKey)) this.due.add(queryHash);
    void this.run();
  }

  private async run(): Promise<void> {
    if (this.isRunning) return;
    this.isRunning = true;
    const { queries, isSeen, pause = pauseMs } = this.options;
    while (this.due.size > 0 && isSeen()) {
      const round = new Set(this.due);
      this.due.clear();
      await queries.invalidateQueries({ predicate: ({ queryHash }) => round.has(queryHash) });
      await new Promise((resolve) => setTimeout(resolve, pause));
    }
    this.isRunning = false;
  }
}
