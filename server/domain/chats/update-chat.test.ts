import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type Caller, type Stack, startStack, type TestTenant } from "../../testing/stack.ts";
import type { Chat } from "./schema.ts";

let stack: Stack;
let tenant: TestTenant;
let ada: Caller;
let ben: Caller;

beforeAll(async () => {
  stack = await startStack();
  tenant = await stack.tenant("acme");
  ada = tenant.as("ada");
  ben = tenant.as("ben");
});
afterAll(() => stack.close());

const createChat = async (body: object = {}) =>
  (await ada<Chat>("POST", "/Chat", { name: "Crew", memberUserIds: ["ben", "cleo"], ...body })).body;
const update = (caller: Caller, chat: Chat, change: unknown) => caller<Chat>("PATCH", `/Chat/${chat.id}`, change);
const say = (caller: Caller, chat: Chat) => caller("POST", `/Chat/${chat.id}/messages`, { content: "x" });

describe("succeeds", () => {
  test("with the whole chat; what is left out or null stays", async () => {
    const chat = await createChat({ metadata: { deck: 3 } });
    const renamed = await update(ben, chat, { Name: "Deck crew", metadata: null });
    expect(renamed).toMatchObject({ status: 200, body: { id: chat.id, name: "Deck crew", metadata: { deck: 3 } } });
    expect((await update(ben, chat, { metadata: { deck: 4 } })).body).toMatchObject({ name: "Deck crew" });
    expect((await ada<Chat>("GET", `/Chat/${chat.id}`)).body).toMatchObject({
      name: "Deck crew",
      metadata: { deck: 4 },
    });
  });

  test("with a name of 200 characters, whatever each of them is", async () => {
    const chat = await createChat();
    expect((await update(ada, chat, { name: "🚢".repeat(200) })).body.name).toBe("🚢".repeat(200));
    expect((await update(ada, chat, { name: "🚢".repeat(201) })).status).toBe(400);
  });

  test("and tells every member once", async () => {
    const chat = await createChat();
    const after = (await ben<{ nextCursor: string }>("GET", "/events")).body.nextCursor;
    await update(ada, chat, { name: "Told" });
    const { body } = await ben<{ data: object[] }>("GET", `/events?after=${after}`);
    expect(body.data).toMatchObject([{ type: "chat.updated", chatId: chat.id, data: { id: chat.id, name: "Told" } }]);
    expect(body.data[0]).not.toHaveProperty("seq");
  });

  test("in a moderated chat for owner, moderators and Admins", async () => {
    const chat = await createChat({ policy: "moderated" });
    expect((await update(ben, chat, { name: "By a member" })).status).toBe(403);
    await ada("PATCH", `/Chat/${chat.id}/members/ben`, { role: "moderator" });
    expect((await update(ben, chat, { name: "By a moderator" })).status).toBe(200);
    expect((await update(tenant.as("cleo", ["Admin"]), chat, { name: "By an Admin" })).status).toBe(200);
    expect((await update(tenant.as("cleo", ["Sailors"]), chat, { name: "x" })).status).toBe(403);
  });
});

describe("policy and freezing", () => {
  test("are for owner and moderators, in an open chat too", async () => {
    const chat = await createChat();
    for (const change of [{ frozen: true }, { policy: "moderated" }])
      expect(await update(ben, chat, change)).toMatchObject({ status: 403, body: { code: "forbidden" } });
    expect((await update(ada, chat, { policy: "moderated" })).body.policy).toBe("moderated");
  });

  test("freeze: owner and moderators write on, others get 403 chat_frozen until it thaws", async () => {
    const chat = await createChat();
    await ada("PATCH", `/Chat/${chat.id}/members/cleo`, { role: "moderator" });
    expect((await update(ada, chat, { frozen: true })).body.frozen).toBe(true);
    expect(await say(ben, chat)).toMatchObject({ status: 403, body: { code: "chat_frozen" } });
    expect((await say(ada, chat)).status).toBe(201);
    expect((await say(tenant.as("cleo"), chat)).status).toBe(201);
    expect((await ben<Chat>("GET", `/Chat/${chat.id}`)).body.lastSeq).toBe(2);
    await update(ada, chat, { frozen: false });
    expect((await say(ben, chat)).status).toBe(201);
  });

  test("are not for who made a direct chat, 409: an Admin may, and either lifts what holds", async () => {
    const two = { kind: "direct", memberUserIds: ["ben"] };
    expect((await ada("POST", "/Chat", { ...two, policy: "moderated" })).status).toBe(400);
    const chat = await createChat(two);
    for (const change of [{ frozen: true }, { policy: "moderated" }])
      expect(await update(ada, chat, change)).toMatchObject({ status: 409, body: { code: "conflict" } });
    expect((await say(ben, chat)).status).toBe(201);
    expect((await update(ada, chat, { name: "Two", policy: "open", frozen: false })).status).toBe(200);
    expect((await tenant.key()("PATCH", `/admin/chats/${chat.id}`, { frozen: true })).status).toBe(200);
    expect((await update(ada, chat, { frozen: false })).body.frozen).toBe(false);
  });
});

test.each([
  ["201 characters of name", { name: "x".repeat(201) }, "name"],
  ["an unknown policy", { policy: "anarchy" }, "policy"],
  ["a word for a truth", { frozen: "yes" }, "frozen"],
  ["NUL in metadata", { metadata: { a: "\u0000" } }, "metadata"],
])("bad input: %s", async (_name, change, field) => {
  const chat = await createChat();
  expect(await update(ada, chat, change)).toMatchObject({
    status: 400,
    body: { errors: { [field]: [expect.any(String)] } },
  });
  expect((await ada<Chat>("GET", `/Chat/${chat.id}`)).body).toMatchObject({ name: "Crew", policy: "open" });
});

test("not a member and other tenants get 404", async () => {
  const chat = await createChat();
  const other = await stack.tenant("umbra");
  expect((await update(tenant.as("eve"), chat, { name: "x" })).status).toBe(404);
  expect((await update(other.as("ada"), chat, { name: "x" })).status).toBe(404);
});
