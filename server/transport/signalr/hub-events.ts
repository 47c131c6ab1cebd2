import { type EphemeralEvent, ephemeralTypes, eventTypes, type LogEvent, presentPayload } from "../../events.ts";
import type { Outgoing, OutgoingEphemeral } from "../../realtime/subscription.ts";
import type { HubCodec } from "./codec.ts";

/** The one client method that the server calls. */
const target = "MessagingEvent";

/** The argument of MessagingEvent. */
export interface HubEvent {
  /** SignalR's word: `Chat` for a message in a chat, `Message` for a notification, … */
  type: string;
  /** Of the thing the event is about: message, chat, notification; the user in events about members, reads and presence. */
  id: string;
  /** Of the chat it is in. */
  parentId?: string;
  timestamp: string;
  seq?: number;
  eventId?: string;
  payload?: Record<string, unknown>;
}

/** The event as a hub client gets it; `full` puts the whole object into it. */
export function toHubEvent(event: LogEvent, eventId: string, full: boolean): HubEvent {
  const parentId = parentOf(event);
  return {
    type: eventTypes[event.type].signalr,
    id: idOf(event),
    ...(parentId === undefined ? {} : { parentId }),
    timestamp: event.at,
    ...(event.seq === undefined ? {} : { seq: event.seq }),
    eventId,
    ...(full ? { payload: presentPayload(event) } : {}),
  };
}

/** An ephemeral event always carries its object: there is no address to get it from. */
export function toEphemeralHubEvent({ type, userId, chatId, payload }: EphemeralEvent): HubEvent {
  return {
    type: ephemeralTypes[type].signalr,
    id: userId,
    ...(chatId === undefined ? {} : { parentId: chatId }),
    timestamp: new Date().toISOString(),
    payload,
  };
}

function idOf({ type, chatId, userId, payload }: LogEvent): string {
  if (type.startsWith("chat.")) return String(chatId ?? payload.id);
  if (type.startsWith("member.") || type === "read.moved") return String(payload.userId ?? userId);
  return String(payload.id);
}

function parentOf({ type, chatId, payload }: LogEvent): string | undefined {
  if (type.startsWith("chat.")) return undefined;
  const parent = chatId ?? payload.chatId;
  return typeof parent === "string" ? parent : undefined;
}

/** An event's frames in one encoding: made at its first reader, shared with all others. */
export class EventFrames {
  readonly codec: HubCodec;
  readonly ping: Buffer;
  private readonly thinKey: string;
  private readonly fullKey: string;

  constructor(codec: HubCodec) {
    this.codec = codec;
    this.ping = codec.frame({ type: 6 });
    this.thinKey = `signalr:${codec.name}:thin`;
    this.fullKey = `signalr:${codec.name}:full`;
  }

  of(outgoing: Outgoing, full: boolean): Buffer {
    return full ? outgoing.shared(this.fullKey, this.makeFull) : outgoing.shared(this.thinKey, this.makeThin);
  }

  ofEphemeral(outgoing: OutgoingEphemeral): Buffer {
    return outgoing.shared(this.fullKey, this.makeEphemeral);
  }

  /** A word to this connection alone about its place in the log. */
  notice(notice: { type: "Resync"; reason: string; eventId: string } | { type: "Position"; eventId: string }): Buffer {
    return this.codec.frame({ type: 1, target, arguments: [notice] });
  }

  // Made once, so that a delivery makes no function of its own.
  private readonly makeThin = ({ event, eventId }: Outgoing): Buffer => this.call(toHubEvent(event, eventId, false));
  private readonly makeFull = ({ event, eventId }: Outgoing): Buffer => this.call(toHubEvent(event, eventId, true));
  private readonly makeEphemeral = (event: EphemeralEvent): Buffer => this.call(toEphemeralHubEvent(event));

  private call(event: HubEvent): Buffer {
    return this.codec.frame({ type: 1, target, arguments: [event] });
  }
}
