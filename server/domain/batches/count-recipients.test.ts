import { afterAll, beforeAll, expect, test } from "vitest";
import { type Caller, type Stack, startStack, type TestTenant } from "../../testing/stack.ts";

let stack: Stack;
let tenant: TestTenant;
let key: Caller;

beforeAll(async () => {
  stack = await startStack();
  tenant = await stack.tenant("acme");
  key = tenant.key();
});
afterAll(() => stack.close());

const count = async (asked: string) => (await key<object>("GET", `/Notifications/bulk/recipients?${asked}`)).body;

test("counts whom a send would reach, with the name of the topic or the chat, and sends nothing", async () => {
  await key("PUT", "/admin/topics/ferries", { name: "Ferries" });
  await key("POST", "/admin/topics/ferries/subscribers", { userIds: ["ann", "bob", "cat"] });
  expect(await count("topic=ferries")).toEqual({ recipients: 3, name: "Ferries" });
  const group = { name: "Crew", memberUserIds: ["finn", "gus"] };
  const { body: chat } = await tenant.as("eva")<{ id: string }>("POST", "/Chat", group);
  expect(await count(`chatId=${chat.id}`)).toEqual({ recipients: 3, name: "Crew" });
  const { body: direct } = await tenant.as("eva")<{ id: string }>("POST", "/Chat", { memberUserIds: ["finn"] });
  expect(await count(`chatId=${direct.id}`)).toEqual({ recipients: 2 });
  // Of everyone it counts also those who are known by a chat or a topic alone.
  const counted = await count("everyone=true");
  expect(counted).toEqual({ recipients: 6 });
  expect((await key<{ data: object[] }>("GET", "/Notifications/batches")).body.data).toEqual([]);
  const { body: sent } = await key<{ total: number }>("POST", "/Notifications/bulk", {
    ...{ everyone: true, subject: "s", message: "m", scheduledFor: "2980-01-01T00:00:00Z" },
  });
  expect(counted).toEqual({ recipients: sent.total });
});

test("names a topic or a chat to a key only where it may read these", async () => {
  const { body: chat } = await tenant.as("eva")<{ id: string }>("POST", "/Chat", {
    name: "Night shift",
    memberUserIds: ["finn"],
  });
  const asked = async (scopes: string[], of: string) => {
    const { body } = await key<{ key: string }>("POST", "/admin/api-keys", { name: scopes.join(" "), scopes });
    return (await key<object>("GET", `/Notifications/bulk/recipients?${of}`, undefined, { "x-api-key": body.key }))
      .body;
  };
  await key("PUT", "/admin/topics/night", { name: "Night" });
  expect(await asked(["notifications:write"], `chatId=${chat.id}`)).toEqual({ recipients: 2 });
  expect(await asked(["notifications:write", "chats:read"], `chatId=${chat.id}`)).toMatchObject({
    name: "Night shift",
  });
  expect(await asked(["notifications:write", "chats:read"], "topic=night")).toEqual({ recipients: 0 });
});

test("refuses what is not there, which it names, and all but one audience", async () => {
  for (const kind of ["topic", "chat"])
    expect(await count(kind === "topic" ? "topic=none" : "chatId=none")).toMatchObject({
      status: 404,
      detail: `There is no such ${kind}`,
    });
  for (const asked of ["", "everyone=false", "topic=a&everyone=true"])
    expect(await count(asked)).toMatchObject({
      status: 400,
      errors: { topic: ["say one of topic, chatId and everyone"] },
    });
});
