import { tenantAddress } from "../api.ts";
import { ParleyError, toParleyError } from "../parley-error.ts";
import { readEventStream } from "../stream-transport.ts";
import { newestOf, pause, type Tail } from "./tail-place.ts";

/** The log's own stream, over HTTP. Comes back by itself where it was; the first time it must begin. */
export async function tailEvents({ service, after, signal, onEvent, onResync }: Tail): Promise<void> {
  const { baseUrl, tenantId, headers } = service;
  let since = after ?? (await newestOf(service.api));
  for (let begun = false; !signal.aborted; ) {
    try {
      const query = new URLSearchParams({ after: since });
      const response = await fetch(`${tenantAddress(baseUrl, tenantId)}/events?${query}`, {
        headers: { ...headers, accept: "text/event-stream" },
        signal,
      });
      if (!response.ok) throw await toParleyError(response);
      begun = true;
      const lastWord = await readEventStream(response, {
        onEvent: (event) => {
          since = event.eventId ?? since;
          onEvent(event);
        },
        onPosition: (eventId) => {
          since = eventId;
        },
        onResync: (eventId) => {
          since = eventId;
          onResync(eventId);
        },
      });
      if (lastWord !== undefined) throw new ParleyError(403, { code: "disconnected", detail: lastWord });
    } catch (error) {
      if (signal.aborted) return;
      if (!begun || (error instanceof ParleyError && !error.passing)) throw error;
    }
    await pause(signal);
  }
}
