import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type Caller, type Stack, startStack, type TestTenant } from "../../testing/stack.ts";
import type { Chat } from "../chats/schema.ts";
import type { Message } from "./schema.ts";

let stack: Stack;
let tenant: TestTenant;
let ada: Caller;
let ben: Caller;
let chat: Chat;
let message: Message;

beforeAll(async () => {
  stack = await startStack();
  tenant = await stack.tenant("acme");
  ada = tenant.as("ada");
  ben = tenant.as("ben");
  chat = (await ada<Chat>("POST", "/Chat", { memberUserIds: ["ben"] })).body;
  const body = { content: "Ahoy ⚓", metadata: { deck: 3 }, mentionUserIds: ["ben"], clientMessageId: "c-1" };
  message = (await ada<Message>("POST", `/Chat/${chat.id}/messages`, body)).body;
});
afterAll(() => stack.close());

const get = (caller: Caller, messageId = message.id, chatId = chat.id) =>
  caller<Message>("GET", `/Chat/${chatId}/messages/${messageId}`);

describe("succeeds", () => {
  test("for every member with what the sender was answered, and every spelling of it", async () => {
    expect(await get(ben)).toMatchObject({ status: 200, body: message });
    expect(await get(ada)).toMatchObject({ status: 200, body: message });
    const { content, senderId, createdAt } = message;
    expect(message).toMatchObject({ message: content, senderUserId: senderId, userId: senderId, timestamp: createdAt });
    expect(message).toMatchObject({ sentAt: createdAt, mentionUserIds: ["ben"], clientMessageId: "c-1" });
  });

  test("for a member who came later", async () => {
    await ada("POST", `/Chat/${chat.id}/members`, { userId: "cleo" });
    expect((await get(tenant.as("cleo"))).body.content).toBe("Ahoy ⚓");
  });

  test("the moment that any member's event names it: 200 rounds without a 404", async () => {
    let after = (await ben<{ nextCursor: string }>("GET", "/events")).body.nextCursor;
    const sending = Promise.all(
      Array.from({ length: 200 }, (_, i) => ada("POST", `/Chat/${chat.id}/messages`, { content: `m${i}` })),
    );
    const statuses: number[] = [];
    while (statuses.length < 200) {
      const { body } = await ben<{ data: { data: Message }[]; nextCursor: string }>(
        "GET",
        `/events?wait=5&limit=7&after=${after}`,
      );
      const answers = await Promise.all(body.data.map(({ data }) => get(ben, data.id, data.chatId)));
      statuses.push(...answers.map(({ status }) => status));
      after = body.nextCursor;
    }
    await sending;
    expect(statuses).toEqual(Array(200).fill(200));
  });
});

describe("404", () => {
  test("for whoever is not a member, or not any more", async () => {
    expect((await get(tenant.as("eve"))).status).toBe(404);
    await ada("POST", `/Chat/${chat.id}/members`, { userId: "dora" });
    await ada("DELETE", `/Chat/${chat.id}/members/dora`);
    expect((await get(tenant.as("dora"))).status).toBe(404);
  });

  test("for a message of another chat, however well one knows both", async () => {
    const other = (await ada<Chat>("POST", "/Chat", {})).body;
    expect((await get(ada, message.id, other.id)).status).toBe(404);
    expect((await get(ada, message.id, "undefined")).status).toBe(404);
  });

  test.each(["undefined", "0", "%20", "0190b6a4-0000-7000-8000-000000000000"])("for the id %s", async (id) => {
    expect(await get(ada, id)).toMatchObject({ status: 404, body: { code: "not_found" } });
  });

  test("for other tenants, whose token is refused here", async () => {
    const other = await stack.tenant("umbra");
    expect((await get(other.as("ada", ["Admin"]))).status).toBe(404);
    const authorization = `Bearer ${await other.token("ada")}`;
    expect((await ada("GET", `/Chat/${chat.id}/messages/${message.id}`, undefined, { authorization })).status).toBe(
      403,
    );
  });
});
