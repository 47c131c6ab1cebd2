import { expect, test } from "vitest";
import { mintTenantId } from "../../auth/principal.ts";
import type { LogEvent } from "../../events.ts";
import { Outgoing } from "../../realtime/subscription.ts";
import { EventFrames, toEphemeralHubEvent, toHubEvent } from "./hub-events.ts";
import { jsonCodec } from "./json-codec.ts";

const at = "2026-11-23T10:00:00.000Z";
const tenantId = mintTenantId("acme");
const message = { id: "m1", chatId: "c1", seq: 3, content: "hi", senderId: "ada", createdAt: at, metadata: {} };

function event(fields: Partial<LogEvent> & Pick<LogEvent, "type" | "payload">): LogEvent {
  return { tenantId, position: 7, at, ...fields };
}

const created = event({ type: "message.created", chatId: "c1", seq: 3, payload: message });

test.each<[LogEvent, object]>([
  [created, { type: "Chat", id: "m1", parentId: "c1", seq: 3 }],
  [
    event({ type: "message.deleted", chatId: "c1", seq: 3, payload: message }),
    { type: "MessageDeleted", id: "m1", parentId: "c1", seq: 3 },
  ],
  [event({ type: "notification.created", userId: "ada", payload: { id: "n1" } }), { type: "Message", id: "n1" }],
  [event({ type: "chat.updated", chatId: "c1", payload: { id: "c1", name: "x" } }), { type: "ChatUpdated", id: "c1" }],
  [
    event({ type: "member.added", chatId: "c1", payload: { chatId: "c1", userId: "bob", role: "member" } }),
    { type: "MemberAdded", id: "bob", parentId: "c1" },
  ],
  [
    event({ type: "read.moved", userId: "bob", payload: { chatId: "c1", userId: "bob", seq: 2 } }),
    { type: "Read", id: "bob", parentId: "c1" },
  ],
])("$type", (given, expected) => {
  expect(toHubEvent(given, "e1", false)).toEqual({ ...expected, timestamp: at, eventId: "e1" });
});

test("the full form carries the object with every spelling of its fields", () => {
  expect(toHubEvent(created, "e1", true).payload).toMatchObject({
    content: "hi",
    message: "hi",
    senderId: "ada",
    userId: "ada",
  });
});

test("an ephemeral event has no event id, and its object", () => {
  const payload = { chatId: "c1", userId: "ada", until: at };
  const told = toEphemeralHubEvent({ tenantId, type: "typing", chatId: "c1", userId: "ada", payload });
  expect(told).toEqual({ type: "Typing", id: "ada", parentId: "c1", timestamp: expect.any(String), payload });
});

test("an event is framed once a format, however many read it", () => {
  const outgoing = new Outgoing(created, () => "e1");
  const frames = new EventFrames(jsonCodec);
  const thin = frames.of(outgoing, false);
  expect(frames.of(outgoing, false)).toBe(thin);
  expect(frames.of(outgoing, true)).not.toBe(thin);
  expect(frames.of(outgoing, true)).toBe(new EventFrames(jsonCodec).of(outgoing, true));
  expect(thin.subarray(4).toString()).toBe(
    `{"type":1,"target":"MessagingEvent","arguments":[{"type":"Chat","id":"m1","parentId":"c1","timestamp":"${at}","seq":3,"eventId":"e1"}]}\u001e`,
  );
});
