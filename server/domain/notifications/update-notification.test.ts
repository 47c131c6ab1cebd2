import { afterAll, beforeAll, expect, test } from "vitest";
import { type Caller, type Stack, startStack } from "../../testing/stack.ts";
import type { Notification } from "./schema.ts";

let stack: Stack;
let key: Caller;

beforeAll(async () => {
  stack = await startStack();
  key = (await stack.tenant("acme")).key();
  const metadataSchema = { type: "object", required: ["order"], properties: { order: { type: "string" } } };
  await key("PUT", "/admin/categories/Order", { title: "Orders", priority: "High", metadataSchema });
});
afterAll(() => stack.close());

interface Shown extends Notification {
  mailText?: string;
}

const later = { userId: "ada", scheduledFor: new Date(Date.now() + 3_600_000).toISOString() };
const post = (body: object) => key<Shown>("POST", "/Notifications", { ...later, ...body });
const patch = (id: string, body: object) => key<Shown>("PATCH", `/Notifications/${id}`, body);
const stored = async (id: string) => (await key<Shown>("GET", `/admin/notifications/${id}`)).body;

test("a category's schema holds for what is sent, and for every change to it; its priority for what names none", async () => {
  const order = { subject: "s", message: "m", type: "Order" };
  expect(await post({ ...order, metadata: { order: 1 } })).toMatchObject({
    status: 400,
    body: { errors: { "metadata.order": [expect.any(String)] } },
  });
  expect((await post(order)).status).toBe(400);
  const { id } = (await post({ ...order, metadata: { order: "a-1" } })).body;
  const before = await stored(id);
  expect(before).toMatchObject({ priority: "High", metadata: { order: "a-1" } });

  expect(await patch(id, { subject: "other", metadata: { order: 2 } })).toMatchObject({
    status: 400,
    body: { errors: { "metadata.order": [expect.any(String)] } },
  });
  expect(await stored(id)).toEqual(before);
  expect((await patch(id, { metadata: { order: "b-2" } })).body).toMatchObject({ metadata: { order: "b-2" } });

  const free = (await post({ subject: "s", message: "m", type: "Free", metadata: { order: 3 } })).body;
  expect((await patch(free.id, { type: "Order" })).status).toBe(400);
  expect(await stored(free.id)).toMatchObject({ type: "Free", metadata: { order: 3 } });
});

test("the text of a mail is the template's until the message is another", async () => {
  const draft = { subject: "Parcel", message: "It left", text: "It left, says the mail" };
  await key("PUT", "/admin/templates/parcel", draft);
  await key("POST", "/admin/templates/parcel/publish");
  const { id } = (await post({ template: "parcel" })).body;
  await patch(id, { subject: "Your parcel" });
  expect(await stored(id)).toMatchObject({ subject: "Your parcel", mailText: "It left, says the mail" });
  await patch(id, { message: "It is late" });
  const changed = await stored(id);
  expect(changed).toMatchObject({ message: "It is late" });
  expect(changed).not.toHaveProperty("mailText");
});

test("another message takes the place of the HTML that said the one before; the same message does not", async () => {
  const { id } = (await post({ subject: "Boarding", message: "Gate 5", htmlContent: "<p>Gate 5</p>" })).body;
  await patch(id, { subject: "Boards soon", message: "Gate 5" });
  expect(await stored(id)).toMatchObject({ subject: "Boards soon", htmlContent: "<p>Gate 5</p>" });
  await patch(id, { message: "Gate 7" });
  const changed = await stored(id);
  expect(changed).toMatchObject({ message: "Gate 7" });
  expect(changed).not.toHaveProperty("htmlContent");
  await patch(id, { message: "Gate 8", htmlContent: "<b>Gate 8</b>" });
  expect(await stored(id)).toMatchObject({ message: "Gate 8", htmlContent: "<b>Gate 8</b>" });
});

test("a time by the recipient's own clock stays one, whatever else is changed", async () => {
  const nine = { scheduledFor: undefined, scheduledForLocal: "2990-01-01T09:00" };
  const { id } = (await post({ userId: "tom", subject: "s", message: "m", ...nine })).body;
  await patch(id, { subject: "other" });
  expect(await stored(id)).toMatchObject({ subject: "other", scheduledForLocal: nine.scheduledForLocal });
  await key("PUT", "/Users/tom", { timezone: "Asia/Tokyo" });
  expect(await stored(id)).toMatchObject({ scheduledFor: "2990-01-01T00:00:00.000Z" });
});
