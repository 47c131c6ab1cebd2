import { tenantAddress } from "./api.ts";
import { type HubEvent, hearHubEvent } from "./hub-words.ts";
import type { Connecting, Connection } from "./transport.ts";

const END = "\u001e";
/** The service takes a client that has pinged and then says nothing for 30 s for gone. */
const PING_AFTER_MS = 10_000;
/** The service pings at least every 15 s. */
const SILENT_FOR_MS = 32_000;

/** The ends after which the service wants nobody back: the credential's or an operator's word, and too many connections. */
const FINAL_CODES = new Set([4403, 4429]);

/** The address of the hub for a start after `since`, with everything in it that this client wants. */
export function hubAddress({ baseUrl, tenantId, clientId, since }: Connecting): string {
  const query = new URLSearchParams({ clientId, payload: "full", events: "all", ...(since ? { since } : {}) });
  return `${tenantAddress(baseUrl, tenantId)}/hub?${query}`;
}

interface HubMessage {
  type?: number;
  error?: string;
  allowReconnect?: boolean;
  arguments?: unknown[];
}

/**
 * The hub over a plain WebSocket: the JSON hub protocol (HubProtocol.md) without negotiation, of which this needs four kinds of
 * message. It is the one transport that carries ephemeral events as well as the log.
 */
export function hubTransport(connecting: Connecting): Connection {
  const address = `${hubAddress(connecting)}&access_token=${encodeURIComponent(connecting.token)}`;
  const socket = new WebSocket(address.replace(/^http/u, "ws"));
  let isOpen = false;
  let heardAt = Date.now();
  let saidAt = heardAt;
  const pulse = setInterval(() => {
    // A clock that was set back by as much says as little as one that went on.
    if (Math.abs(Date.now() - heardAt) > SILENT_FOR_MS) close();
  }, PING_AFTER_MS);

  function say(message: object): void {
    saidAt = Date.now();
    socket.send(JSON.stringify(message) + END);
  }

  function close(again = true): void {
    clearInterval(pulse);
    socket.onclose = null;
    socket.onmessage = null;
    socket.close();
    connecting.onClose(again);
  }

  function hear(text: string): void {
    const message = JSON.parse(text) as HubMessage;
    if (!isOpen) {
      // Of a handshake that is refused only the code of the end says whether to come back.
      if (message.error) return;
      isOpen = true;
      connecting.onOpen();
    } else if (message.type === 1) hearHubEvent(message.arguments?.[0] as HubEvent, connecting);
    else if (message.type === 7) close(message.allowReconnect === true);
  }

  socket.onopen = () => say({ protocol: "json", version: 1 });
  socket.onmessage = ({ data }) => {
    heardAt = Date.now();
    // Not by a timer: those of a page that has been hidden for long come once a minute.
    if (Math.abs(heardAt - saidAt) >= PING_AFTER_MS) say({ type: 6 });
    for (const text of String(data).split(END)) if (text !== "") hear(text);
  };
  socket.onclose = ({ code }) => close(isOpen || !FINAL_CODES.has(code));
  // The end that follows says enough; in Node an error that nobody hears would end the process.
  socket.onerror = () => {};
  return { close: () => close() };
}
