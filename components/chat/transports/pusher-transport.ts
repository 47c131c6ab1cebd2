import type Pusher from "pusher-js";
import { tenantAddress } from "../../../client/api.ts";
import { type Connecting, closable, type Transport } from "../../../client/transport.ts";
import type { LiveEvent } from "../../../client/types.ts";

/**
 * The stock `pusher-js`: one channel of one's own and one a chat, each authorised by the service. Each replays what it missed by itself,
 * so the place in the log moves only once all of them have.
 */
export function pusherTransport(key: string): Transport {
  return (connecting) =>
    closable(connecting, async (close) => {
      const { default: Client } = await import("pusher-js");
      const place = { ...connecting };
      const socket = new Client(key, optionsFor(place));
      listen(socket, place, close);
      return () => socket.disconnect();
    });
}

/** Each channel asks from where `place` is by then. */
function optionsFor(place: Connecting) {
  const { baseUrl, tenantId, token } = place;
  const { hostname, port, protocol } = new URL(baseUrl);
  const secure = protocol === "https:";
  const atPort = port === "" ? (secure ? 443 : 80) : Number(port);
  return {
    ...{ cluster: "x", wsHost: hostname, wsPort: atPort, wssPort: atPort, forceTLS: secure },
    enabledTransports: ["ws" as const, "wss" as const],
    channelAuthorization: {
      endpoint: `${tenantAddress(baseUrl, tenantId)}/pusher/auth`,
      transport: "ajax" as const,
      headers: { authorization: `Bearer ${token}` },
      paramsProvider: (): Record<string, string> => (place.since === undefined ? {} : { since: place.since }),
    },
  };
}

export function listen(socket: Pusher, connecting: Connecting, close: () => void): void {
  const { me, chatIds, since, onOpen, onEvent, onPosition, onResync } = connecting;
  const replaying = new Set<string>();
  let first: string | undefined;
  let isOpen = false;

  const replayed = (channel: string, eventId?: string) => {
    if (!replaying.delete(channel) || isOpen) return;
    // What the first one has replayed up to, all later ones have too.
    first ??= eventId;
    if (replaying.size > 0) return;
    isOpen = true;
    if (first !== undefined) onPosition(first);
    onOpen();
  };
  const follow = (name: string) => {
    if (socket.channel(name)) return;
    if (!isOpen) replaying.add(name);
    const channel = socket.subscribe(name);
    // A chat that is not one's own any more has nothing to bring; whatever else went wrong, the next connection asks from the same place.
    channel.bind("pusher:subscription_error", ({ status }: { status?: number }) => {
      const isRefused = status !== undefined && [401, 403, 404].includes(status);
      if (!isRefused || name === userChannel || channel.subscriptionPending) return close();
      // The stock client keeps a channel that has ended, and who is added again would not be heard of.
      socket.unsubscribe(name);
      replayed(name);
    });
    channel.bind("pusher:subscription_succeeded", () => since === undefined && replayed(name));
    channel.bind("parley:position", ({ eventId }: { eventId: string }) => replayed(name, eventId));
    channel.bind("parley:resync", ({ eventId }: { eventId: string }) => {
      onResync(eventId);
      replayed(name);
    });
    channel.bind_global((type: string, data: LiveEvent) => {
      if (/^(pusher|parley)/u.test(type)) return;
      onEvent(data);
      // The others have yet to replay what lies between.
      if (!isOpen && since !== undefined) onPosition(since);
      const mine = data.type === "chat.created" || (data.type === "member.added" && data.data.userId === me);
      if (!mine || !data.chatId) return;
      // Of before then it has nothing, or what was heard already: also that one was taken out.
      if (isOpen) connecting.since = data.eventId;
      follow(`private-chat-${data.chatId}`);
    });
  };

  const userChannel = `private-user-${me}`;
  follow(userChannel);
  for (const id of chatIds()) follow(`private-chat-${id}`);
  socket.connection.bind("state_change", ({ previous, current }: Record<"previous" | "current", string>) => {
    const isLost = previous === "connected" || ["unavailable", "failed", "disconnected"].includes(current);
    // It comes back by itself, from where it began: once it is about to, so that this stops that too.
    if (isLost) queueMicrotask(close);
  });
}
