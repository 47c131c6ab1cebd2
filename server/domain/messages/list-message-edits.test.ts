import { afterAll, beforeAll, expect, test } from "vitest";
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
  message = (await ben<Message>("POST", `/Chat/${chat.id}/messages`, { content: "one", metadata: { v: 1 } })).body;
  await edit(ben, { content: "two" });
  await edit(ada, { content: "three", metadata: { v: 3 } });
});
afterAll(() => stack.close());

const edit = (caller: Caller, change: object) => caller("PATCH", `/Chat/${chat.id}/messages/${message.id}`, change);
const list = (caller: Caller, query = "") =>
  caller<{ data: object[] }>("GET", `/Chat/${chat.id}/messages/${message.id}/edits${query}`);

test("succeeds for every member with what was said before each edit, oldest first", async () => {
  const { status, body } = await list(ada);
  expect(status).toBe(200);
  expect(body).toMatchObject({
    totalCount: 2,
    data: [
      { version: 1, content: "one", metadata: { v: 1 }, editedBy: "ben", editedAt: expect.stringMatching(/Z$/) },
      { version: 2, content: "two", metadata: { v: 1 }, editedBy: "ada" },
    ],
  });
});

test("succeeds a page at a time", async () => {
  expect((await list(ben, "?pageSize=1&pageNumber=2")).body).toMatchObject({
    data: [{ version: 2 }],
    totalPages: 2,
    hasNextPage: false,
  });
});

test("is empty for a message that was never edited", async () => {
  const { id } = (await ben<Message>("POST", `/Chat/${chat.id}/messages`, { content: "x" })).body;
  expect((await ada<object>("GET", `/Chat/${chat.id}/messages/${id}/edits`)).body).toMatchObject({
    data: [],
    totalCount: 0,
  });
});

test("not a member and other tenants get 404", async () => {
  const other = await stack.tenant("umbra");
  expect((await list(tenant.as("eve"))).status).toBe(404);
  expect((await list(other.as("ben"))).status).toBe(404);
});
