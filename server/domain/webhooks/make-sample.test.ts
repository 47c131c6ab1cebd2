import { afterAll, beforeAll, expect, test } from "vitest";
import { eventTypes } from "../../events.ts";
import { type Stack, startStack, type TestTenant } from "../../testing/stack.ts";
import type { Chat } from "../chats/schema.ts";
import type { Message } from "../messages/schema.ts";
import { type SampleType, sampleOf } from "./make-sample.ts";

interface Shape {
  type: string;
  data: Record<string, unknown>;
}

let stack: Stack;
let acme: TestTenant;
let real: Shape[];

beforeAll(async () => {
  stack = await startStack();
  acme = await stack.tenant("acme");
  const [ada, ben, key] = [acme.as("ada"), acme.as("ben"), acme.key()];
  const { nextCursor } = (await key<{ nextCursor: string }>("GET", "/events")).body;
  const { id } = (await ada<Chat>("POST", "/Chat", { name: "x" })).body;
  await ada("POST", `/Chat/${id}/members`, { userId: "ben" });
  // One each: the log shows a message as it is now.
  const send = async () => (await ada<Message>("POST", `/Chat/${id}/messages`, { content: "x" })).body.id;
  const [, edited, deleted] = [await send(), await send(), await send()];
  await ben("PUT", `/Chat/${id}/read`, { seq: 1 });
  await ada("PATCH", `/Chat/${id}/messages/${edited}`, { content: "y" });
  await ada("DELETE", `/Chat/${id}/messages/${deleted}`);
  await ada("PATCH", `/Chat/${id}`, { name: "y" });
  await ada("PATCH", `/Chat/${id}/members/ben`, { role: "moderator" });
  await ada("DELETE", `/Chat/${id}/members/ben`);
  await ada("DELETE", `/Chat/${id}`);
  const told = (await key<{ id: string }>("POST", "/Notifications", { userId: "ben", subject: "s", message: "m" }))
    .body;
  await ben("PUT", `/Notifications/${told.id}/read`);
  await ben("DELETE", `/Notifications/${told.id}`);
  real = (await key<{ data: Shape[] }>("GET", `/events?limit=100&after=${nextCursor}`)).body.data;
});
afterAll(() => stack.close());

test.each(Object.keys(eventTypes) as SampleType[])("a sample of %s has the fields of a real one", (type) => {
  const event = real.find((one) => one.type === type);
  if (!event) throw new Error(`There is no real ${type}: ${real.map((one) => one.type)}`);
  const sample = sampleOf("acme", type, new Date());
  const { sample: _made, timestamp: _at, ...envelope } = sample;
  const { eventId: _id, ...wanted } = event as Shape & { eventId: string };
  expect(Object.keys(envelope).sort()).toEqual(Object.keys(wanted).sort());
  expect(Object.keys(sample.data).sort()).toEqual(Object.keys(event.data).sort());
});

test("a sample of message.deleted is a tombstone", () => {
  expect(sampleOf("acme", "message.deleted", new Date()).data).toMatchObject({ content: "", message: "" });
});
