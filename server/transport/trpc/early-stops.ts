import { limits } from "../../schema.ts";

/** More than any client's ids have. */
const maxIdLength = 100;

/** Under which the input of a subscription says when it is stopped before it has started: the adapter tells it nowhere. */
const stopKey = Symbol("stop");

/** Aborts when the client stops the subscription with that input before it has started; undefined where nobody looks. */
export function earlyStopOf(input: unknown): AbortSignal | undefined {
  return (input as { [stopKey]?: AbortSignal } | undefined)?.[stopKey];
}

/**
 * tRPC's adapter passes over a stop that comes before its subscription has started: the subscription would be there, and counted, for as
 * long as the socket, for a client that has forgotten it. Such a stop is remembered here until the start.
 */
export class EarlyStops {
  /** By id, what is starting; aborted where it has been stopped meanwhile. */
  private readonly starting = new Map<string | number, AbortController>();

  /** What a frame of the client holds, before the adapter sees it. */
  heard(frame: unknown): void {
    for (const message of [frame].flat()) {
      const { id, method, params } = (message ?? {}) as { id?: unknown; method?: unknown; params?: unknown };
      if (typeof id !== "number" && (typeof id !== "string" || id.length > maxIdLength)) continue;
      if (method === "subscription.stop") this.starting.get(id)?.abort();
      // What the adapter refuses unread is never answered under its id, and must not pile up.
      if (method === "subscription" && this.starting.size < limits.connectionsPerUser)
        this.starting.set(id, stoppable(params));
    }
  }

  /** What the adapter is about to answer. Gives the frame that is to be heard again, once the answer is out. */
  due(answer: unknown): string | undefined {
    const { id, result } = answer as { id?: string | number | null; result?: { type?: string } };
    if (id === undefined || id === null) return undefined;
    const isStopped = this.starting.get(id)?.signal.aborted;
    this.starting.delete(id);
    return isStopped && result?.type === "started" ? JSON.stringify({ id, method: "subscription.stop" }) : undefined;
  }
}

function stoppable(params: unknown): AbortController {
  const start = new AbortController();
  if (!params || typeof params !== "object") return start;
  const asked = params as { input?: unknown };
  if (asked.input === undefined) asked.input = {};
  if (asked.input && typeof asked.input === "object") Object.assign(asked.input, { [stopKey]: start.signal });
  return start;
}
