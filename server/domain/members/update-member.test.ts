import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type Caller, type Stack, startStack, type TestTenant } from "../../testing/stack.ts";
import type { Chat } from "../chats/schema.ts";

let stack: Stack;
let tenant: TestTenant;
let ada: Caller;
let ben: Caller;
let cleo: Caller;

beforeAll(async () => {
  stack = await startStack();
  tenant = await stack.tenant("acme");
  [ada, ben, cleo] = ["ada", "ben", "cleo"].map((userId) => tenant.as(userId)) as [Caller, Caller, Caller];
});
afterAll(() => stack.close());

const createChat = async () => (await ada<Chat>("POST", "/Chat", { memberUserIds: ["ben", "cleo"] })).body;
const update = (caller: Caller, chat: Chat, userId: string, change: unknown) =>
  caller("PATCH", `/Chat/${chat.id}/members/${userId}`, change);
const inAMinute = () => new Date(Date.now() + 60_000).toISOString();

describe("roles", () => {
  test("are given by the owner, and everybody is told", async () => {
    const chat = await createChat();
    const after = (await cleo<{ nextCursor: string }>("GET", "/events")).body.nextCursor;
    expect(await update(ada, chat, "ben", { Role: "moderator" })).toMatchObject({
      status: 200,
      body: { chatId: chat.id, userId: "ben", role: "moderator", mutedUntil: null },
    });
    const { body } = await cleo<{ data: object[] }>("GET", `/events?after=${after}`);
    expect(body.data).toMatchObject([
      { type: "member.updated", data: { chatId: chat.id, userId: "ben", role: "moderator" } },
    ]);
    expect((await ben<Chat>("GET", `/Chat/${chat.id}`)).body.role).toBe("moderator");
  });

  test("are given and taken by owners alone", async () => {
    const chat = await createChat();
    expect((await update(ben, chat, "cleo", { role: "moderator" })).status).toBe(403);
    await update(ada, chat, "ben", { role: "moderator" });
    expect((await update(ben, chat, "cleo", { role: "moderator" })).status).toBe(403);
    expect((await update(ben, chat, "ben", { role: "owner" })).status).toBe(403);
    expect((await update(ben, chat, "ada", { role: "member" })).status).toBe(403);
    await update(ada, chat, "cleo", { role: "moderator" });
    expect((await update(ben, chat, "cleo", { role: "member" })).status).toBe(403);
    expect((await update(ada, chat, "cleo", { role: "member" })).status).toBe(200);
  });

  test("leave a chat an owner: the last one cannot step down, 409, until there is another", async () => {
    const chat = await createChat();
    expect(await update(ada, chat, "ada", { role: "member" })).toMatchObject({ status: 409 });
    await update(ada, chat, "ben", { role: "owner" });
    expect((await update(ada, chat, "ada", { role: "member" })).status).toBe(200);
    expect((await update(ada, chat, "cleo", { role: "moderator" })).status).toBe(403);
  });

  test("are an Admin's to give, in a chat of its own or not", async () => {
    const chat = await createChat();
    expect((await update(tenant.as("cleo", ["Admin"]), chat, "cleo", { role: "owner" })).status).toBe(200);
    expect((await update(tenant.as("olga", ["Admin"]), chat, "ben", { role: "moderator" })).status).toBe(200);
  });
});

describe("muting", () => {
  const say = (chat: Chat) => ben("POST", `/Chat/${chat.id}/messages`, { content: "x" });

  test("is not for who made a direct chat, 409: an Admin may, and it can be lifted", async () => {
    const two = { kind: "direct", memberUserIds: ["ben"] };
    const chat = (await ada<Chat>("POST", "/Chat", two)).body;
    const mute = { mutedUntil: inAMinute() };
    expect(await update(ada, chat, "ben", mute)).toMatchObject({ status: 409, body: { code: "conflict" } });
    expect((await say(chat)).status).toBe(201);
    expect((await tenant.key()("PATCH", `/admin/chats/${chat.id}/members/ben`, mute)).status).toBe(200);
    expect((await update(ada, chat, "ben", { mutedUntil: "2020-01-01T00:00:00Z" })).status).toBe(200);
    expect((await say(chat)).status).toBe(201);
  });

  test.each([
    ["7-digit fraction", () => inAMinute().replace("Z", "4567Z")],
    ["an offset", () => `${new Date(Date.now() + 7_260_000).toISOString().slice(0, -1)}+02:00`],
    ["no zone", () => inAMinute().slice(0, -1)],
  ])("ends a member's writing until that time, told with %s", async (_name, time) => {
    const chat = await createChat();
    expect((await update(ada, chat, "ben", { mutedUntil: time() })).status).toBe(200);
    expect(await say(chat)).toMatchObject({ status: 403, body: { code: "muted" } });
    expect((await ben("GET", `/Chat/${chat.id}/messages`)).status).toBe(200);
  });

  test("is over at that time, and a past one ends it", async () => {
    const chat = await createChat();
    await update(ada, chat, "ben", { mutedUntil: inAMinute() });
    expect((await update(ada, chat, "ben", { role: null, mutedUntil: null })).body.mutedUntil).not.toBeNull();
    expect((await say(chat)).status).toBe(403);
    await update(ada, chat, "ben", { mutedUntil: "2020-01-01T00:00:00Z" });
    expect((await say(chat)).status).toBe(201);
  });

  test("is for moderators too, not for members, and not against the owner", async () => {
    const chat = await createChat();
    expect((await update(cleo, chat, "ben", { mutedUntil: inAMinute() })).status).toBe(403);
    await update(ada, chat, "cleo", { role: "moderator" });
    expect((await update(cleo, chat, "ben", { mutedUntil: inAMinute() })).status).toBe(200);
    expect((await update(cleo, chat, "ada", { mutedUntil: inAMinute() })).status).toBe(403);
  });
});

test.each([
  ["an unknown role", { role: "captain" }, "role"],
  ["a time that is none", { mutedUntil: "soon" }, "mutedUntil"],
  ["a year that is none", { mutedUntil: "0000-06-01T00:00:00Z" }, "mutedUntil"],
  ["a year before the first", { mutedUntil: "0001-01-01T00:00:00+14:00" }, "mutedUntil"],
  ["a year after the last", { mutedUntil: "9999-12-31T23:59:59-14:00" }, "mutedUntil"],
])("bad input: %s", async (_name, change, field) => {
  const chat = await createChat();
  expect(await update(ada, chat, "ben", change)).toMatchObject({
    status: 400,
    body: { errors: { [field]: [expect.any(String)] } },
  });
});

test("not a member, nobody there and other tenants get 404", async () => {
  const chat = await createChat();
  const other = await stack.tenant("umbra");
  expect((await update(ada, chat, "nobody", { role: "moderator" })).status).toBe(404);
  expect((await update(tenant.as("eve"), chat, "ben", { role: "member" })).status).toBe(404);
  expect((await update(other.as("ada", ["Admin"]), chat, "ben", { role: "member" })).status).toBe(404);
});

test("a muted moderator cannot lift that, nor change another moderator", async () => {
  const room = (await tenant.as("ada")<{ id: string }>("POST", "/Chat", { memberUserIds: ["mod", "mod2"] })).body;
  const patch = (who: string, whom: string, body: object) =>
    tenant.as(who)("PATCH", `/Chat/${room.id}/members/${whom}`, body);
  for (const who of ["mod", "mod2"]) await patch("ada", who, { role: "moderator" });
  await patch("ada", "mod", { mutedUntil: new Date(Date.now() + 60_000).toISOString() });
  expect((await patch("mod", "mod", { mutedUntil: "2020-01-01T00:00:00Z" })).status).toBe(403);
  expect((await patch("mod", "mod2", { role: "member" })).status).toBe(403);
});
