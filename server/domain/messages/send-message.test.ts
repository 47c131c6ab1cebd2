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
  chat = (await ada<Chat>("POST", "/Chat", { name: "Crew", memberUserIds: ["ben"] })).body;
});
afterAll(() => stack.close());

const send = (caller: Caller, body: unknown, headers?: Record<string, string>) =>
  caller<Message>("POST", `/Chat/${chat.id}/messages`, body, headers);

describe("succeeds", () => {
  test("with 201, the next seq and every spelling of its fields", async () => {
    const before = (await ada<Chat>("GET", `/Chat/${chat.id}`)).body.lastSeq;
    const { status, body } = await send(ada, { content: "Hello" });
    expect(status).toBe(201);
    expect(body).toMatchObject({
      chatId: chat.id,
      content: "Hello",
      message: "Hello",
      senderId: "ada",
      senderUserId: "ada",
      seq: before + 1,
    });
    expect(body.createdAt).toBe(body.timestamp);
  });

  test.each(["message", "text", "body", "CONTENT", "Message"])("with the text as %s", async (field) => {
    expect((await send(ada, { [field]: "spelt" })).body.content).toBe("spelt");
  });

  test("and can be fetched by another member at once", async () => {
    const { body } = await send(ada, { content: "now", metadata: { a: [1, { b: null }] } });
    const fetched = await ben<Message>("GET", `/Chat/${chat.id}/messages/${body.id}`);
    expect(fetched).toMatchObject({ status: 200, body });
  });

  test("and mentions members only: who is none, or has just left, is left out", async () => {
    const { status, body } = await send(ada, { content: "all", mentionUserIds: ["ben", "eve", "ada", "ben"] });
    expect({ status, mentioned: body.mentionUserIds }).toEqual({ status: 201, mentioned: ["ben", "ada"] });
    expect((await ben("GET", `/Chat/${chat.id}/messages/${body.id}`)).body).toEqual(body);
    expect((await send(ada, { content: "none", mentionUserIds: ["eve"] })).body).not.toHaveProperty("mentionUserIds");
    const edited = await ada("PATCH", `/Chat/${chat.id}/messages/${body.id}`, { mentionUserIds: ["eve", "ben"] });
    expect(edited.body).toMatchObject({ mentionUserIds: ["ben"] });
  });

  test("and moves the sender's own read position, nobody else's", async () => {
    const { body } = await send(ada, { content: "read by me" });
    expect((await ada<Chat>("GET", `/Chat/${chat.id}`)).body).toMatchObject({ lastReadSeq: body.seq, unreadCount: 0 });
    expect((await ben<Chat>("GET", `/Chat/${chat.id}`)).body.unreadCount).toBeGreaterThan(0);
  });
});

describe("replays", () => {
  test("the first answer under the same clientMessageId, also for twins in one batch", async () => {
    const body = { content: "once", clientMessageId: crypto.randomUUID() };
    const answers = await Promise.all(Array.from({ length: 20 }, () => send(ada, body)));
    expect(new Set(answers.map((answer) => answer.status))).toEqual(new Set([201]));
    expect(new Set(answers.map((answer) => answer.body.id)).size).toBe(1);
    expect((await send(ada, { ...body, content: "other" })).status).toBe(422);
    expect((await send(ben, body)).body.id).not.toBe(answers[0]?.body.id);
  });

  test("the first answer under the same Idempotency-Key, and says so", async () => {
    const key = { "idempotency-key": crypto.randomUUID() };
    const first = await send(ada, { content: "keyed" }, key);
    const again = await send(ada, { content: "keyed" }, key);
    expect(again.body).toEqual(first.body);
    expect(again.headers.get("idempotent-replayed")).toBe("true");
    expect((await send(ada, { content: "changed" }, key)).status).toBe(422);
  });

  test("a key that lost its twin's claim frees what else it claimed", async () => {
    const key = { "idempotency-key": crypto.randomUUID() };
    await send(ada, { content: "held" }, key);
    const clientMessageId = crypto.randomUUID();
    expect((await send(ada, { content: "held", clientMessageId }, key)).status).toBe(422);
    expect((await send(ada, { content: "free", clientMessageId })).status).toBe(201);
  });
});

describe("refuses", () => {
  test.each([
    ["no text", {}, 400],
    ["empty text", { content: "" }, 400],
    ["17 KiB of text", { content: "x".repeat(17 * 1024) }, 400],
    ["NUL", { content: "a\u0000b" }, 400],
    ["a number", { content: 5 }, 400],
    ["deep metadata", { content: "x", metadata: JSON.parse(`${'{"a":'.repeat(30)}1${"}".repeat(30)}`) }, 400],
    ["a reply to nothing", { content: "x", replyToId: "0190b6a4-0000-7000-8000-000000000000" }, 400],
    ["a reply to what is no id", { content: "x", replyToId: "nope" }, 400],
    ["300 KiB", { content: "x".repeat(300 * 1024) }, 413],
  ])("%s", async (_name, body, status) => {
    const before = (await ada<Chat>("GET", `/Chat/${chat.id}`)).body.lastSeq;
    expect((await send(ada, body)).status).toBe(status);
    expect((await ada<Chat>("GET", `/Chat/${chat.id}`)).body.lastSeq).toBe(before);
  });

  test("strangers and unknown chats alike with 404", async () => {
    expect((await send(tenant.as("eve"), { content: "x" })).status).toBe(404);
    expect((await ada("POST", "/Chat/undefined/messages", { content: "x" })).status).toBe(404);
    expect((await ada("POST", "/Chat/0190b6a4-0000-7000-8000-000000000000/messages", { content: "x" })).status).toBe(
      404,
    );
  });

  test("a key on its own with 403, and takes it acting as a member", async () => {
    expect((await send(tenant.key(), { content: "x" })).status).toBe(403);
    expect((await send(tenant.key({ "x-act-as-user": "ada" }), { content: "x" })).body.senderId).toBe("ada");
  });

  test("members in a frozen chat, and the muted", async () => {
    const room = (await ada<Chat>("POST", "/Chat", { memberUserIds: ["ben"], policy: "moderated" })).body;
    const say = (caller: Caller) => caller("POST", `/Chat/${room.id}/messages`, { content: "x" });
    await ada("PATCH", `/Chat/${room.id}`, { frozen: true });
    expect(await say(ben)).toMatchObject({ status: 403, body: { code: "chat_frozen" } });
    expect((await say(ada)).status).toBe(201);
    await ada("PATCH", `/Chat/${room.id}`, { frozen: false });
    await ada("PATCH", `/Chat/${room.id}/members/ben`, { mutedUntil: new Date(Date.now() + 60_000).toISOString() });
    expect(await say(ben)).toMatchObject({ status: 403, body: { code: "muted" } });
  });

  test("no repeat of what is stored, whatever became of its sender and its chat", async () => {
    const room = (await ada<Chat>("POST", "/Chat", { memberUserIds: ["ben"], policy: "moderated" })).body;
    const keyed = tenant.key({ "x-act-as-user": "ben", "idempotency-key": "once" });
    const one = () => ben("POST", `/Chat/${room.id}/messages`, { content: "one", clientMessageId: "c1" });
    const two = (content = "two") => keyed("POST", `/Chat/${room.id}/messages`, { content });
    const stored = [await one(), await two()];
    expect(stored.map(({ status }) => status)).toEqual([201, 201]);
    await ada("PATCH", `/Chat/${room.id}/members/ben`, { mutedUntil: new Date(Date.now() + 60_000).toISOString() });
    await ada("PATCH", `/Chat/${room.id}`, { frozen: true });
    expect([await one(), await two()].map(({ body }) => body.id)).toEqual(stored.map(({ body }) => body.id));
    expect((await two("three")).status).toBe(403);
    expect((await ben("POST", `/Chat/${room.id}/messages`, { content: "new", clientMessageId: "c2" })).status).toBe(
      403,
    );
    await ada("DELETE", `/Chat/${room.id}/members/ben`);
    expect((await one()).status).toBe(404);
  });

  test("each bad one alone in a burst of 64", async () => {
    const poison = ["a\u0000b", "\ud800", ""];
    const calls = Array.from({ length: 64 }, (_, i) => send(ada, { content: i % 21 === 7 ? poison[i % 3] : `m${i}` }));
    const statuses = (await Promise.all(calls)).map((answer) => answer.status);
    expect(statuses.filter((status) => status === 201)).toHaveLength(61);
    expect(statuses.filter((status) => status === 400)).toHaveLength(3);
  });
});

test("seqs are 1..n without gap under 16 writers", async () => {
  const room = (await ada<Chat>("POST", "/Chat", { memberUserIds: ["ben"] })).body;
  await Promise.all(
    Array.from({ length: 16 }, async (_, writer) => {
      for (let i = 0; i < 20; i++)
        await (writer % 2 ? ada : ben)("POST", `/Chat/${room.id}/messages`, { content: `${writer}/${i}` });
    }),
  );
  const { body } = await ada<{ data: Message[] }>("GET", `/Chat/${room.id}/messages?limit=200`);
  expect(body.data.map((message) => message.seq)).toEqual(Array.from({ length: 200 }, (_, i) => 320 - i));
});
