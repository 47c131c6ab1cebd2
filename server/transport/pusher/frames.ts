import { type EphemeralEvent, toEnvelope, toEphemeralEnvelope } from "../../events.ts";
import { frame } from "../../realtime/connection.ts";
import type { OutgoingChannel } from "../../realtime/local-channel.ts";
import type { Outgoing, OutgoingEphemeral } from "../../realtime/subscription.ts";

/** What a client does not hear for so long it asks after; protocols.md B2, in seconds. */
export const activityTimeout = 120;

interface Said {
  event: string;
  channel?: string | undefined;
  /** Becomes a string that holds JSON, as all clients expect it. */
  data?: unknown;
}

/** A whole frame. `data` is JSON in a string: other libraries than pusher-js read nothing else. */
export function toFrame({ event, channel, data }: Said): Buffer {
  return rawFrame({ event, channel, data: data === undefined ? undefined : JSON.stringify(data) });
}

/** The same with `data` as it is: a string stays one. */
export function rawFrame(fields: {
  event: string;
  channel?: string | undefined;
  data?: unknown;
  user_id?: string | undefined;
}): Buffer {
  return frame(JSON.stringify(fields));
}

export const pong = rawFrame({ event: "pusher:pong", data: "{}" });
export const ping = rawFrame({ event: "pusher:ping", data: "{}" });

export function establishedFrame(socketId: string): Buffer {
  return toFrame({
    event: "pusher:connection_established",
    data: { socket_id: socketId, activity_timeout: activityTimeout },
  });
}

/** @param code null when there is none for it */
export function errorFrame(message: string, code: number | null = null): Buffer {
  return toFrame({ event: "pusher:error", data: { message, code } });
}

/** A subscription that is refused, or taken away. What would have been right is never told. */
export function refusalFrame(channel: string, { type = "AuthError", error, status }: Refusal): Buffer {
  return toFrame({ event: "pusher:subscription_error", channel, data: { type, error, status } });
}

export interface Refusal {
  type?: "AuthError" | "LimitReached";
  error: string;
  status: number;
}

/** @param members user → JSON of what is said of it, on a channel that shows who is there */
export function succeededFrame(channel: string, members?: ReadonlyMap<string, string | null>): Buffer {
  const event = "pusher_internal:subscription_succeeded";
  if (!members) return rawFrame({ event, channel, data: "{}" });
  const ids = [...members.keys()];
  const hash = Object.fromEntries([...members].map(([userId, info]) => [userId, parseInfo(info)]));
  return toFrame({ event, channel, data: { presence: { count: ids.length, ids, hash } } });
}

/** An event of the log on one channel, shared by all who listen to it. */
export function logFrame(channel: string, outgoing: Outgoing): Buffer {
  return outgoing.shared(`pusher:${channel}`, ({ event, eventId }) =>
    toFrame({ event: event.type, channel, data: toEnvelope(event, eventId) }),
  );
}

export function ephemeralFrame(channel: string, outgoing: OutgoingEphemeral): Buffer {
  return outgoing.shared("pusher", (event: EphemeralEvent) =>
    toFrame({ event: event.type, channel, data: toEphemeralEnvelope(event) }),
  );
}

/** What a channel says, as all its listeners get it. */
export function channelFrame(outgoing: OutgoingChannel, tenantId: string): Buffer {
  return outgoing.shared(({ channel, news }) => {
    switch (news.kind) {
      case "event": {
        const { name, data, userId } = news.event;
        return rawFrame({ event: name, channel, data, user_id: userId });
      }
      case "joined": {
        const data = { user_id: news.userId, user_info: parseInfo(news.info) };
        return toFrame({ event: "pusher_internal:member_added", channel, data });
      }
      case "left":
        return toFrame({ event: "pusher_internal:member_removed", channel, data: { user_id: news.userId } });
      case "count": {
        const data = { subscription_count: news.subscriptions };
        return toFrame({ event: "pusher_internal:subscription_count", channel, data });
      }
      case "state": {
        const at = new Date().toISOString();
        return toFrame({ event: "presence", channel, data: { type: "presence", tenantId, at, data: news.state } });
      }
    }
  });
}

/** Undefined info is left out of the hash's JSON as null, as the original does. */
function parseInfo(info: string | null): unknown {
  return info === null ? null : JSON.parse(info);
}
