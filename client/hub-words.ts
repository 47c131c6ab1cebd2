import type { LiveEvent } from "./types.ts";

/** The hub's word for each type of event; a test holds it to the service's own table. */
export const hubWords: Record<string, LiveEvent["type"]> = {
  Chat: "message.created",
  MessageEdited: "message.edited",
  MessageDeleted: "message.deleted",
  ChatCreated: "chat.created",
  ChatUpdated: "chat.updated",
  ChatDeleted: "chat.deleted",
  MemberAdded: "member.added",
  MemberRemoved: "member.removed",
  MemberUpdated: "member.updated",
  Read: "read.moved",
  Message: "notification.created",
  NotificationUpdated: "notification.updated",
  NotificationDeleted: "notification.deleted",
  Typing: "typing",
  Presence: "presence",
  Receipt: "receipt",
};

/** The hub's one event, asked for with `payload=full`. */
export interface HubEvent {
  type: string;
  id?: string;
  parentId?: string;
  seq?: number;
  eventId?: string;
  payload?: Record<string, unknown>;
}

/** Undefined for words that are younger than this client. */
export function fromHubEvent({ type, id, parentId, seq, eventId, payload = {} }: HubEvent): LiveEvent | undefined {
  const known = hubWords[type];
  if (!known) return undefined;
  const chatId = parentId ?? (known.startsWith("chat.") ? id : undefined);
  return { type: known, eventId, chatId, seq, data: payload };
}

/** Gives an event of the hub to whom it concerns. */
export function hearHubEvent(
  event: HubEvent,
  to: {
    onEvent: (event: LiveEvent) => void;
    onPosition: (eventId: string) => void;
    onResync: (eventId: string) => void;
  },
): void {
  if (event.type === "Resync") to.onResync(event.eventId ?? "");
  else if (event.type === "Position") to.onPosition(event.eventId ?? "");
  else {
    const heard = fromHubEvent(event);
    if (heard) to.onEvent(heard);
    else if (event.eventId) to.onPosition(event.eventId);
  }
}
