import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type Caller, type Stack, startStack, type TestTenant } from "../../testing/stack.ts";
import type { Chat } from "../chats/schema.ts";
import type { Message } from "./schema.ts";

let stack: Stack;
let tenant: TestTenant;
let ada: Caller;
let ben: Caller;
let chat: Chat;

beforeAll(async () => {
  stack = await startStack();
  tenant = await stack.tenant("acme");
  ada = tenant.as("ada");
  ben = tenant.as("ben");
  chat = (await ada<Chat>("POST", "/Chat", { memberUserIds: ["ben", "cleo"] })).body;
});
afterAll(() => stack.close());

const send = async (caller: Caller, body: object = {}) =>
  (await caller<Message>("POST", `/Chat/${chat.id}/messages`, { content: "first", ...body })).body;
const edit = (caller: Caller, { id }: Message, change: unknown) =>
  caller<Message>("PATCH", `/Chat/${chat.id}/messages/${id}`, change);

describe("succeeds", () => {
  test("with the message as it is now, in its old place", async () => {
    const sent = await send(ben, { metadata: { a: 1 } });
    const { status, body } = await edit(ben, sent, { content: "second" });
    expect(status).toBe(200);
    expect(body).toMatchObject({
      id: sent.id,
      seq: sent.seq,
      content: "second",
      message: "second",
      senderId: "ben",
      createdAt: sent.createdAt,
      editedAt: expect.any(String),
      metadata: { a: 1 },
    });
    expect((await ada<Message>("GET", `/Chat/${chat.id}/messages/${sent.id}`)).body).toEqual(body);
  });

  test.each(["message", "Text", "body", "CONTENT"])("with the text as %s", async (field) => {
    expect((await edit(ben, await send(ben), { [field]: "spelt" })).body.content).toBe("spelt");
  });

  test("leaving alone what is left out or null", async () => {
    const sent = await send(ben, { metadata: { a: 1 }, mentionUserIds: ["ada"] });
    const { body } = await edit(ben, sent, { content: null, metadata: { b: 2 }, mentionUserIds: null });
    expect(body).toMatchObject({ content: "first", metadata: { b: 2 }, mentionUserIds: ["ada"] });
    expect((await edit(ben, sent, { mentionUserIds: [] })).body).not.toHaveProperty("mentionUserIds");
  });

  test("and tells every member, with seq", async () => {
    const sent = await send(ben);
    const after = (await ada<{ nextCursor: string }>("GET", "/events")).body.nextCursor;
    const { body: edited } = await edit(ben, sent, { content: "told" });
    const { body } = await ada<{ data: object[] }>("GET", `/events?after=${after}`);
    expect(body.data).toMatchObject([{ type: "message.edited", chatId: chat.id, seq: sent.seq, data: edited }]);
  });

  test("for moderators, the owner and Admins, who do not become the sender", async () => {
    const sent = await send(ben);
    expect(await edit(tenant.as("cleo"), sent, { content: "x" })).toMatchObject({
      status: 403,
      body: { code: "forbidden" },
    });
    expect((await edit(ada, sent, { content: "by the owner" })).body).toMatchObject({ senderId: "ben" });
    expect((await edit(tenant.as("olga", ["Admin"]), sent, { content: "by an Admin" })).status).toBe(200);
    await ada("PATCH", `/Chat/${chat.id}/members/cleo`, { role: "moderator" });
    expect((await edit(tenant.as("cleo"), sent, { content: "by a moderator" })).status).toBe(200);
    await ada("PATCH", `/Chat/${chat.id}/members/cleo`, { role: "member" });
  });

  test("one after the other when many come at once: each is in the history", async () => {
    const sent = await send(ben);
    const answers = await Promise.all(Array.from({ length: 20 }, (_, i) => edit(ben, sent, { content: `e${i}` })));
    expect(answers.map(({ status }) => status)).toEqual(Array(20).fill(200));
    const { body } = await ada<{ totalCount: number }>("GET", `/Chat/${chat.id}/messages/${sent.id}/edits`);
    expect(body.totalCount).toBe(20);
  });
});

test.each([
  ["empty text", { content: "" }, "content"],
  ["17 KiB of text", { content: "x".repeat(17 * 1024) }, "content"],
  ["8 KiB of bytes in fewer characters", { content: "€".repeat(6000) }, "content"],
  ["51 mentions", { mentionUserIds: Array.from({ length: 51 }, (_, i) => `u${i}`) }, "mentionUserIds"],
  ["metadata that is a list", { metadata: [] }, "metadata"],
  ["nothing to change", {}, "content"],
])("bad input: %s", async (_name, change, field) => {
  const sent = await send(ben);
  expect(await edit(ben, sent, change)).toMatchObject({
    status: 400,
    body: { errors: { [field]: expect.arrayContaining([expect.any(String)]) } },
  });
  expect((await ada<Message>("GET", `/Chat/${chat.id}/messages/${sent.id}`)).body).toEqual(sent);
});

test("a deleted message is 409", async () => {
  const sent = await send(ben);
  await ben("DELETE", `/Chat/${chat.id}/messages/${sent.id}`);
  expect(await edit(ben, sent, { content: "x" })).toMatchObject({ status: 409, body: { code: "conflict" } });
});

test("not a member, another chat and other tenants get 404", async () => {
  const sent = await send(ben);
  const other = await stack.tenant("umbra");
  expect((await edit(tenant.as("eve"), sent, { content: "x" })).status).toBe(404);
  expect((await edit(other.as("ben", ["Admin"]), sent, { content: "x" })).status).toBe(404);
  const elsewhere = (await ben<Chat>("POST", "/Chat", {})).body;
  expect((await ben("PATCH", `/Chat/${elsewhere.id}/messages/${sent.id}`, { content: "x" })).status).toBe(404);
});

test("a sender who left the chat edits nothing any more", async () => {
  const room = (await ada<Chat>("POST", "/Chat", { memberUserIds: ["ben"] })).body;
  const { id } = (await ben<Message>("POST", `/Chat/${room.id}/messages`, { content: "x" })).body;
  await ben("DELETE", `/Chat/${room.id}/members/ben`);
  expect((await ben("PATCH", `/Chat/${room.id}/messages/${id}`, { content: "y" })).status).toBe(404);
});

test("who may not send may not edit either, but may take back", async () => {
  const room = (await ada<Chat>("POST", "/Chat", { memberUserIds: ["ben"] })).body;
  const say = async (caller: Caller) =>
    `/Chat/${room.id}/messages/${(await caller<Message>("POST", `/Chat/${room.id}/messages`, { content: "said" })).body.id}`;
  const [first, second, owners] = [await say(ben), await say(ben), await say(ada)];
  await ada("PATCH", `/Chat/${room.id}`, { frozen: true });
  expect(await ben("PATCH", first, { content: "x" })).toMatchObject({ status: 403, body: { code: "chat_frozen" } });
  expect((await ada("PATCH", owners, { content: "the owner writes on" })).status).toBe(200);
  expect((await tenant.as("olga", ["Admin"])("PATCH", first, { content: "so does an Admin" })).status).toBe(200);
  expect((await ben("DELETE", first)).status).toBe(200);

  await ada("PATCH", `/Chat/${room.id}`, { frozen: false });
  await ada("PATCH", `/Chat/${room.id}/members/ben`, { mutedUntil: "2999-01-01T00:00:00Z" });
  expect(await ben("PATCH", second, { content: "x" })).toMatchObject({ status: 403, body: { code: "muted" } });
  expect((await ada<Message>("GET", second)).body.content).toBe("said");
  expect((await ben("DELETE", second)).status).toBe(200);
});

test("in a direct chat nobody edits or deletes what the other said, not even who made the chat", async () => {
  const two = (await ada<Chat>("POST", "/Chat", { kind: "direct", memberUserIds: ["ben"] })).body;
  const { id } = (await ben<Message>("POST", `/Chat/${two.id}/messages`, { content: "mine" })).body;
  const path = `/Chat/${two.id}/messages/${id}`;
  expect((await ada("PATCH", path, { content: "yours" })).status).toBe(403);
  expect((await ada("DELETE", path)).status).toBe(403);
  expect((await ben("PATCH", path, { content: "still mine" })).status).toBe(200);
});
