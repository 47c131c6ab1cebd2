import { type EventType, presentPayload } from "../../events.ts";
import { publicChat } from "../chats/presenter.ts";

const chatId = "01980000-0000-7000-8000-000000000001";

/** What is sent to try an endpoint: an event of some type, or a ping, which says nothing. */
export type SampleType = EventType | "ping";

/** A made-up event in the form of a real one. `sample` tells it from those; it has no eventId, because it is not in the log. */
export function sampleOf(tenantId: string, type: SampleType, now: Date) {
  const at = now.toISOString();
  if (type === "ping") return { type, tenantId, at, timestamp: at, sample: true, data: {} };
  const payload = payloadOf(type, at);
  return {
    type,
    tenantId,
    at,
    timestamp: at,
    sample: true,
    ...(type.startsWith("notification.") ? {} : { chatId }),
    ...(type.startsWith("message.") ? { seq: 1 } : {}),
    // As JSON: a made-up payload has nothing that is not.
    data: JSON.parse(JSON.stringify(presentPayload({ type, payload }))),
  };
}

function payloadOf(type: EventType, at: string): Record<string, unknown> {
  const [noun] = type.split(".");
  switch (noun) {
    case "message":
      return messageOf(type, at);
    case "chat":
      return publicChat({
        ...{ id: chatId, kind: "group", name: "A sample chat", policy: "open", frozen: false, metadata: {} },
        ...{ createdBy: "sample-user", createdAt: new Date(at), memberCount: 2, lastSeq: 1 },
      });
    case "member":
      return { chatId, userId: "sample-user", role: "member" };
    case "read":
      return { chatId, userId: "sample-user", seq: 1 };
    default:
      return notificationOf(type, at);
  }
}

function messageOf(type: EventType, at: string) {
  const deleted = type === "message.deleted";
  return {
    id: "01980000-0000-7000-8000-000000000002",
    ...{ chatId, seq: 1, content: deleted ? "" : "A sample message", senderId: "sample-user", createdAt: at },
    ...(type === "message.edited" ? { editedAt: at } : {}),
    ...(deleted ? { deletedAt: at } : {}),
    metadata: {},
  };
}

function notificationOf(type: EventType, at: string) {
  const deleted = type === "notification.deleted";
  return {
    id: "01980000-0000-7000-8000-000000000003",
    ...{ userId: "sample-user", type: "Sample" },
    ...(deleted ? { subject: "", message: "" } : { subject: "A sample notification", message: "It says nothing" }),
    ...{ priority: "Normal", metadata: {}, status: deleted ? "deleted" : "visible", createdAt: at },
    ...(type === "notification.updated" ? { readAt: at, seenAt: at } : {}),
    ...(deleted ? { deletedAt: at } : {}),
  };
}
