import { afterAll, beforeAll, expect, test } from "vitest";
import { type Caller, type Stack, startStack, type TestTenant } from "../../testing/stack.ts";
import type { Chat } from "../chats/schema.ts";

let stack: Stack;
let tenant: TestTenant;
let ada: Caller;
let chat: Chat;

beforeAll(async () => {
  stack = await startStack();
  tenant = await stack.tenant("acme");
  ada = tenant.as("ada");
  chat = (await ada<Chat>("POST", "/Chat", { memberUserIds: ["ben"] })).body;
});
afterAll(() => stack.close());

const type = (caller: Caller, body?: unknown, headers?: Record<string, string>) =>
  caller("POST", `/Chat/${chat.id}/typing`, body, headers);

test.each([
  ["no body", undefined, {}],
  ["{}", {}, {}],
  ["an empty body that says JSON", "", { "content-type": "application/json" }],
  ["an idempotency key", undefined, { "idempotency-key": "again and again" }],
])("succeeds with %s and answers {}", async (_name, body, headers) => {
  expect(await type(ada, body, headers as Record<string, string>)).toMatchObject({ status: 200, body: {} });
});

test("leaves nothing in the log: it may be lost and cannot be resumed", async () => {
  const ben = tenant.as("ben");
  const after = (await ben<{ nextCursor: string }>("GET", "/events")).body.nextCursor;
  await type(ada);
  expect((await ben<{ data: [] }>("GET", `/events?after=${after}`)).body).toMatchObject({
    data: [],
    nextCursor: after,
  });
});

test("not a member and other tenants get 404", async () => {
  const other = await stack.tenant("umbra");
  expect((await type(tenant.as("eve"))).status).toBe(404);
  expect((await type(other.as("ada"))).status).toBe(404);
});
