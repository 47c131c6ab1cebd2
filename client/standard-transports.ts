import { hubTransport } from "./hub-transport.ts";
import { streamTransport } from "./stream-transport.ts";
import type { Transport } from "./transport.ts";

/** The hub, which carries everything; where no WebSocket gets through, and in Node 20, the event stream. */
export function standardTransports(): readonly Transport[] {
  if (typeof WebSocket === "undefined") return [streamTransport];
  return [hubTransport, hubTransport, hubTransport, streamTransport];
}
