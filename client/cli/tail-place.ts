import type { Api } from "../api.ts";
import type { LiveEvent } from "../types.ts";
import type { Service } from "./service.ts";

/** What a protocol's reader is given. It ends when `signal` fires, and throws when it cannot begin. */
export interface Tail {
  service: Service;
  after: string | undefined;
  kinds: string[] | undefined;
  /** The only chat that is asked for, where a protocol can leave out others. */
  chatId: string | undefined;
  signal: AbortSignal;
  onEvent(event: LiveEvent): void;
  /** The cursor was of no use. */
  onResync(eventId: string): void;
}

const AGAIN_AFTER_MS = 1_000;

/** Where the log is now. Whoever begins there, and not at the first event that comes, has no gap when it is cut off before that. */
export async function newestOf(api: Api): Promise<string> {
  return (await api.call("events.list", {})).body.nextCursor;
}

/** Before the next try; over at once when `signal` fires. */
export function pause(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) return resolve();
    const timer = setTimeout(resolve, AGAIN_AFTER_MS);
    signal.addEventListener("abort", () => {
      clearTimeout(timer);
      resolve();
    });
  });
}
