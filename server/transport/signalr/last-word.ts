import { handshakeRefused, handshakeUnreadable } from "./handshake.ts";
import type { EventFrames } from "./hub-events.ts";

/** What .NET says of anything it cannot read. */
export const unreadableText = "Connection closed with an error.";

/**
 * The last message to a client: a Close, or the handshake's error to one that was never told it is connected.
 * @param again whether the client is to come back
 */
export function lastWord(connected: EventFrames | undefined, text: string, again: boolean): Buffer {
  if (!connected) return handshakeRefused(text === unreadableText ? handshakeUnreadable : text);
  return connected.codec.frame(again ? { type: 7, error: text, allowReconnect: true } : { type: 7, error: text });
}
