import { limits } from "../../schema.ts";

/** More than any client's ids have. */
const maxIdLength = 100;

/**
 * tRPC's adapter passes over a stop that comes before its subscription has started: the subscription would be there, and counted, for as
 * long as the socket, for a client that has forgotten it. Such a stop is remembered here until the start.
 */
export class EarlyStops {
  /** Ids of what is starting, and whether it has been stopped meanwhile. */
  private readonly starting = new Map<string | number, boolean>();

  /** What a frame of the client holds, before the adapter sees it. */
  heard(frame: unknown): void {
    for (const message of [frame].flat()) {
      const { id, method } = (message ?? {}) as { id?: unknown; method?: unknown };
      if (typeof id !== "number" && (typeof id !== "string" || id.length > maxIdLength)) continue;
      if (method === "subscription.stop" && this.starting.has(id)) this.starting.set(id, true);
      // What the adapter refuses unread is never answered under its id, and must not pile up.
      if (method === "subscription" && this.starting.size < limits.connectionsPerUser) this.starting.set(id, false);
    }
  }

  /** What the adapter is about to answer. Gives the frame that is to be heard again, once the answer is out. */
  due(answer: unknown): string | undefined {
    const { id, result } = answer as { id?: string | number | null; result?: { type?: string } };
    if (id === undefined || id === null) return undefined;
    const isStopped = this.starting.get(id);
    this.starting.delete(id);
    return isStopped && result?.type === "started" ? JSON.stringify({ id, method: "subscription.stop" }) : undefined;
  }
}
