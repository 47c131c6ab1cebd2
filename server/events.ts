import type { TenantId } from "./auth/principal.ts";
import { presentMessage, type StoredMessage } from "./domain/messages/schema.ts";
import { presentNotification, type StoredNotification } from "./domain/notifications/schema.ts";

/** For the service's own readers, never shown. */
export interface EventInternals {
  /** Who became a member. */
  memberIds?: string[];
  /** A notification that is new but calls nobody: its owner does not want the type in the inbox. */
  filed?: boolean;
}

/** One durable fact as readers get it. */
export interface LogEvent {
  tenantId: TenantId;
  /** 1, 2, 3 … in the tenant, in commit order. */
  position: number;
  type: EventType;
  chatId?: string;
  /** The one user it is for; then chatId is not set and membership does not matter. */
  userId?: string;
  seq?: number;
  payload: Record<string, unknown>;
  internal?: EventInternals;
  clientHash?: string;
  at: string;
}

/** An event that is never stored: it may be lost, has no position and cannot be resumed. */
export interface EphemeralEvent {
  tenantId: TenantId;
  type: EphemeralType;
  chatId?: string;
  /** Who caused it. */
  userId: string;
  payload: Record<string, unknown>;
}

/** Log type → SignalR's word for it. One table for every transport. */
export const eventTypes = {
  "message.created": { signalr: "Chat" },
  "message.edited": { signalr: "MessageEdited" },
  "message.deleted": { signalr: "MessageDeleted" },
  "chat.created": { signalr: "ChatCreated" },
  "chat.updated": { signalr: "ChatUpdated" },
  "chat.deleted": { signalr: "ChatDeleted" },
  "member.added": { signalr: "MemberAdded" },
  "member.removed": { signalr: "MemberRemoved" },
  "member.updated": { signalr: "MemberUpdated" },
  "read.moved": { signalr: "Read" },
  "notification.created": { signalr: "Message" },
  "notification.updated": { signalr: "NotificationUpdated" },
  "notification.deleted": { signalr: "NotificationDeleted" },
} as const;

export const ephemeralTypes = {
  typing: { signalr: "Typing" },
  presence: { signalr: "Presence" },
  receipt: { signalr: "Receipt" },
} as const;

export type EventType = keyof typeof eventTypes;
export type EphemeralType = keyof typeof ephemeralTypes;

/** What a stock client gets without asking for more: some of their code takes every event for a chat message. */
export const guideKinds: ReadonlySet<EventType | EphemeralType> = new Set<EventType | EphemeralType>([
  "message.created",
  "notification.created",
]);

/** A payload that became part of the log, before it has a position. */
export interface NewEvent {
  type: EventType;
  chatId?: string;
  userId?: string;
  seq?: number;
  payload: Record<string, unknown>;
  internal?: EventInternals;
  clientHash?: string;
}

/** The event as every transport but SignalR's thin form shows it (the envelope). */
export interface Envelope {
  eventId: string;
  type: EventType;
  tenantId: string;
  at: string;
  chatId?: string;
  seq?: number;
  data: Record<string, unknown>;
}

/** What a reader is shown of an event: messages and notifications with all the spellings that the API gives them, other things as they were stored. */
export function presentPayload(event: Pick<LogEvent, "type" | "payload">): Record<string, unknown> {
  if (event.type.startsWith("message.")) return { ...presentMessage(event.payload as unknown as StoredMessage) };
  if (event.type.startsWith("notification."))
    return { ...presentNotification(event.payload as unknown as StoredNotification) };
  return event.payload;
}

/** The envelope of an event. */
export function toEnvelope(event: LogEvent, eventId: string): Envelope {
  const chatId = event.chatId ?? event.payload.chatId;
  return {
    eventId,
    type: event.type,
    tenantId: event.tenantId,
    at: event.at,
    ...(typeof chatId === "string" ? { chatId } : {}),
    ...(event.seq === undefined ? {} : { seq: event.seq }),
    data: presentPayload(event),
  };
}

/** An ephemeral event in the same form: it has no id, because it cannot be resumed. */
export function toEphemeralEnvelope(
  event: EphemeralEvent,
): Omit<Envelope, "eventId" | "type"> & { type: EphemeralType } {
  const { type, tenantId, chatId, payload } = event;
  return { type, tenantId, at: new Date().toISOString(), ...(chatId === undefined ? {} : { chatId }), data: payload };
}
