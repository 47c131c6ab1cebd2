import { tenantAddress } from "./api.ts";
import { type Connecting, type Connection, closable } from "./transport.ts";
import type { LiveEvent } from "./types.ts";

/** The service says something at least every 15 s. */
const SILENT_FOR_MS = 32_000;

/**
 * The log as an event stream (server-sent events, read with fetch, so that the token is a header). For places that let no WebSocket
 * through; it carries no ephemeral events.
 */
export function streamTransport(connecting: Connecting): Connection {
  return closable(connecting, async (close) => {
    const ends = new AbortController();
    read(connecting, ends.signal).then(
      (lastWord) => close(lastWord === undefined),
      () => close(),
    );
    return () => ends.abort();
  });
}

async function read(connecting: Connecting, signal: AbortSignal): Promise<string | undefined> {
  const { baseUrl, tenantId, since, token } = connecting;
  const query = since ? `?${new URLSearchParams({ after: since })}` : "";
  const headers = { accept: "text/event-stream", authorization: `Bearer ${token}` };
  const response = await fetch(`${tenantAddress(baseUrl, tenantId)}/events${query}`, { headers, signal });
  if (!response.ok) return undefined;
  connecting.onOpen();
  return await readEventStream(response, connecting);
}

/**
 * Hands on what the log's stream says, until it ends or falls silent: a line may be dead long before it says so. Throws what the network
 * throws. Returns why the service wants this client not to come back, where it has said so.
 */
export async function readEventStream(
  { body }: Response,
  to: Pick<Connecting, "onEvent" | "onPosition" | "onResync">,
): Promise<string | undefined> {
  if (!body) return undefined;
  const reader = body.getReader();
  const decoder = new TextDecoder();
  let silence: ReturnType<typeof setTimeout> | undefined;
  try {
    for (let rest = ""; ; ) {
      silence = setTimeout(() => void reader.cancel().catch(() => undefined), SILENT_FOR_MS);
      const { done, value } = await reader.read();
      clearTimeout(silence);
      if (done) return undefined;
      const blocks = (rest + decoder.decode(value, { stream: true })).split("\n\n");
      rest = blocks.pop() ?? "";
      for (const block of blocks) {
        const lastWord = hear(block, to);
        if (lastWord !== undefined) return lastWord;
      }
    }
  } finally {
    clearTimeout(silence);
  }
}

function hear(
  block: string,
  { onEvent, onPosition, onResync }: Pick<Connecting, "onEvent" | "onPosition" | "onResync">,
): string | undefined {
  const fields = new Map(block.split("\n").map((line) => splitField(line)));
  const data = fields.get("data");
  if (data === undefined) return undefined; // a comment: the service's sign of life
  const parsed = JSON.parse(data) as LiveEvent & { eventId: string; detail: string };
  const kind = fields.get("event");
  if (kind === "close") return parsed.detail;
  if (kind === "resync") onResync(parsed.eventId);
  else if (kind === "position") onPosition(parsed.eventId);
  else onEvent(parsed);
  return undefined;
}

function splitField(line: string): [string, string] {
  const at = line.indexOf(": ");
  return [line.slice(0, at), line.slice(at + 2)];
}
