import type { Answers } from "../trpc.ts";

export type EventType = Answers["webhooks"]["get"]["types"][number];

/** Each type in words. All of them: a type that is missing here is an error of types. */
export const eventTexts: Record<EventType, string> = {
  "message.created": "A message was sent",
  "message.edited": "A message was edited",
  "message.deleted": "A message was deleted",
  "chat.created": "A chat was made",
  "chat.updated": "A chat was changed",
  "chat.deleted": "A chat was deleted",
  "member.added": "Somebody came into a chat",
  "member.removed": "Somebody left a chat",
  "member.updated": "A member's role or mute was changed",
  "read.moved": "Somebody has read up to here",
  "notification.created": "A notification appeared",
  "notification.updated": "A notification was read or changed",
  "notification.deleted": "A notification was deleted",
};

export const everyType = Object.keys(eventTexts) as EventType[];
