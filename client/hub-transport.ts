import { tenantAddress } from "./api.ts";
import { type HubEvent, hearHubEvent } from "./hub-words.ts";
import type { Connecting, Connection } from "./transport.ts";

const END = "\u001e";
const PING_EVERY_MS = 15_000;
/** The service pings at least every 15 s. */
const SILENT_FOR_MS = 32_000;

/** The address of the hub for a start after `since`, with everything in it that this client wants. */
export function hubAddress({ baseUrl, tenantId, clientId, since }: Connecting): string {
  const query = new URLSearchParams({ clientId, payload: "full", events: "all", ...(since ? { since } : {}) });
  return `${tenantAddress(baseUrl, tenantId)}/hub?${query}`;
}

/**
 * The hub over a plain WebSocket: the JSON hub protocol (HubProtocol.md) without negotiation, of which this needs four kinds of
 * message. It is the one transport that carries ephemeral events as well as the log.
 */
export function hubTransport(connecting: Connecting): Connection {
  const address = `${hubAddress(connecting)}&access_token=${encodeURIComponent(connecting.token)}`;
  const socket = new WebSocket(address.replace(/^http/u, "ws"));
  const say = (message: object) => socket.send(JSON.stringify(message) + END);
  let isOpen = false;
  let heardAt = Date.now();
  const pulse = setInterval(() => {
    if (Date.now() - heardAt > SILENT_FOR_MS) close();
    else if (isOpen) say({ type: 6 });
  }, PING_EVERY_MS);

  function close(): void {
    clearInterval(pulse);
    socket.onclose = null;
    socket.onmessage = null;
    socket.close();
    connecting.onClose();
  }

  function hear(text: string): void {
    const message = JSON.parse(text) as { type?: number; error?: string; target?: string; arguments?: unknown[] };
    if (!isOpen) {
      if (message.error) close();
      else {
        isOpen = true;
        connecting.onOpen();
      }
    } else if (message.type === 1) hearHubEvent(message.arguments?.[0] as HubEvent, connecting);
    else if (message.type === 7) close();
  }

  socket.onopen = () => say({ protocol: "json", version: 1 });
  socket.onmessage = ({ data }) => {
    heardAt = Date.now();
    for (const text of String(data).split(END)) if (text !== "") hear(text);
  };
  socket.onclose = close;
  // The end that follows says enough; in Node an error that nobody hears would end the process.
  socket.onerror = () => {};
  return { close };
}
