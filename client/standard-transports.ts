import { hubTransport } from "./hub-transport.ts";
import { streamTransport } from "./stream-transport.ts";
import type { Transport } from "./transport.ts";

/**
 * The hub, which carries everything; where no WebSocket gets through, and in Node 20, the event stream. React Native's fetch reads an answer
 * only at its end, which a stream has none of.
 */
export function standardTransports(): readonly Transport[] {
  if (typeof WebSocket === "undefined") return [streamTransport];
  const hub = [hubTransport, hubTransport, hubTransport];
  return "body" in Response.prototype ? [...hub, streamTransport] : hub;
}
