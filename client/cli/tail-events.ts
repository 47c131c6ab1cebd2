import { tenantAddress } from "../api.ts";
import { ParleyError, toParleyError } from "../parley-error.ts";
import { readEventStream } from "../stream-transport.ts";
import type { Tail } from "./tail.ts";

const AGAIN_AFTER_MS = 1_000;

/** The log's own stream, over HTTP. Comes back by itself where it was; the first time it must begin. */
export async function tailEvents({ service, after, signal, onEvent, onResync }: Tail): Promise<void> {
  const { baseUrl, tenantId, headers } = service;
  let since = after;
  for (let begun = false; !signal.aborted; ) {
    try {
      const query = since ? `?${new URLSearchParams({ after: since })}` : "";
      const response = await fetch(`${tenantAddress(baseUrl, tenantId)}/events${query}`, {
        headers: { ...headers, accept: "text/event-stream" },
        signal,
      });
      if (!response.ok) throw await toParleyError(response);
      begun = true;
      await readEventStream(response, {
        onEvent: (event) => {
          since = event.eventId ?? since;
          onEvent(event);
        },
        onPosition: (eventId) => {
          since = eventId;
        },
        onResync,
      });
    } catch (error) {
      if (signal.aborted) return;
      if (!begun || (error instanceof ParleyError && !error.passing)) throw error;
    }
    await pause(signal);
  }
}

function pause(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) return resolve();
    const timer = setTimeout(resolve, AGAIN_AFTER_MS);
    signal.addEventListener("abort", () => {
      clearTimeout(timer);
      resolve();
    });
  });
}
