import type { Query, QueryClient } from "@tanstack/react-query";
import { concerns, hasEvents, type TenantEvent } from "./live-paths.ts";
import { failureOf } from "./problem.ts";

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
  /** After an event the stream goes on from there by itself; before the first there is nothing to go on from. */
  private resumes = false;
  private readonly options: Options;

  constructor(options: Options) {
    this.options = options;
  }

  event(event: TenantEvent): void {
    this.resumes = true;
    this.mark(({ queryKey }) => concerns(event, queryKey));
  }

  /** The stream is there, or there again: where it begins from now, events were missed. */
  started(): void {
    if (!this.resumes) this.mark(({ queryKey }) => hasEvents(queryKey));
  }

  /** The next stream begins from now. */
  ended(): void {
    this.resumes = false;
  }

  /** There is a session again: what was refused for want of one is asked anew, and the next stream begins from now. */
  signedIn(): void {
    this.ended();
    this.mark(({ state }) => state.error !== null && failureOf(state.error).code === "unauthenticated");
  }

  /** Goes on with what was left, when somebody looks again. */
  wake(): void {
    void this.run();
  }

  private mark(isConcerned: (query: Query) => boolean): void {
    for (const query of this.options.queries.getQueryCache().getAll())
      if (!this.due.has(query.queryHash) && isConcerned(query)) this.due.add(query.queryHash);
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
