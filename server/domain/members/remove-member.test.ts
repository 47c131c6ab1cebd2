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

const createChat = async (body: object = {}) =>
  (await ada<Chat>("POST", "/Chat", { memberUserIds: ["ben", "cleo"], ...body })).body;
const remove = (caller: Caller, chat: Chat, userId: string) =>
  caller("DELETE", `/Chat/${chat.id}/members/${encodeURIComponent(userId)}`);
const rolesOf = async (caller: Caller, chat: Chat) => {
  const { body } = await caller<{ data: { userId: string; role: string }[] }>(
    "GET",
    `/Chat/${chat.id}/members?expand=true`,
  );
  return Object.fromEntries(body.data.map(({ userId, role }) => [userId, role]));
};

describe("succeeds", () => {
  test("for oneself: the chat is gone from one's list, for the others one member fewer", async () => {
    const chat = await createChat();
    expect(await remove(ben, chat, "ben")).toMatchObject({
      status: 200,
      body: { chatId: chat.id, userId: "ben", memberCount: 2 },
    });
    expect((await ben("GET", `/Chat/${chat.id}`)).status).toBe(404);
    expect((await ben<{ data: Chat[] }>("GET", "/Chat")).body.data.map(({ id }) => id)).not.toContain(chat.id);
    expect((await cleo<Chat>("GET", `/Chat/${chat.id}`)).body.memberCount).toBe(2);
  });

  test("for another member, whom nothing of the chat reaches from then on", async () => {
    const chat = await createChat();
    const after = (await ben<{ nextCursor: string }>("GET", "/events")).body.nextCursor;
    expect((await remove(cleo, chat, "ben")).status).toBe(200);
    await ada("POST", `/Chat/${chat.id}/messages`, { content: "not for Ben" });
    const { body } = await ben<{ data: object[] }>("GET", `/events?after=${after}`);
    expect(body.data).toMatchObject([{ type: "member.removed", data: { chatId: chat.id, userId: "ben" } }]);
    expect((await ben("POST", `/Chat/${chat.id}/messages`, { content: "x" })).status).toBe(404);
  });

  test("changes nothing for somebody who is not there", async () => {
    const chat = await createChat();
    expect(await remove(ada, chat, "nobody / at all")).toMatchObject({ status: 200, body: { memberCount: 3 } });
    const answers = await Promise.all([remove(ada, chat, "ben"), remove(cleo, chat, "ben"), remove(ben, chat, "ben")]);
    expect((await ada<Chat>("GET", `/Chat/${chat.id}`)).body.memberCount).toBe(2);
    expect(answers.map(({ status }) => status).filter((status) => status >= 500)).toEqual([]);
  });

  test("and whoever is added again starts without unread messages", async () => {
    const chat = await createChat();
    await remove(ada, chat, "ben");
    await ada("POST", `/Chat/${chat.id}/messages`, { content: "meanwhile" });
    await ada("POST", `/Chat/${chat.id}/members`, { userId: "ben" });
    expect((await ben<Chat>("GET", `/Chat/${chat.id}`)).body).toMatchObject({ unreadCount: 0, memberCount: 3 });
  });
});

describe("ownership", () => {
  test("passes on to the longest member when the last owner leaves, and everybody is told", async () => {
    const chat = await createChat({ memberUserIds: ["zoe"] });
    await ada("POST", `/Chat/${chat.id}/members`, { userId: "ben" });
    const after = (await ben<{ nextCursor: string }>("GET", "/events")).body.nextCursor;
    await remove(ada, chat, "ada");
    expect(await rolesOf(ben, chat)).toEqual({ zoe: "owner", ben: "member" });
    const { body } = await ben<{ data: object[] }>("GET", `/events?after=${after}`);
    expect(body.data).toMatchObject([
      { type: "member.removed", data: { userId: "ada" } },
      { type: "member.updated", data: { userId: "zoe", role: "owner" } },
    ]);
  });

  test("stays with a second owner", async () => {
    const chat = await createChat();
    await ada("PATCH", `/Chat/${chat.id}/members/cleo`, { role: "owner" });
    await remove(ada, chat, "ada");
    expect(await rolesOf(ben, chat)).toEqual({ cleo: "owner", ben: "member" });
  });

  test("is said to who runs the tenant, so that they can give it back", async () => {
    const chat = await createChat({ memberUserIds: ["zoe"] });
    await ada("PATCH", `/Chat/${chat.id}/members/zoe`, { role: "moderator" });
    const take = (userId: string) =>
      tenant.key()<{ heir?: object }>("DELETE", `/admin/chats/${chat.id}/members/${userId}`);
    expect((await take("ada")).body).toEqual({
      ...{ chatId: chat.id, userId: "ada", memberCount: 1 },
      heir: { userId: "zoe", role: "moderator" },
    });
    await tenant.key()("POST", `/admin/chats/${chat.id}/members`, { userIds: ["ada"] });
    await tenant.key()("PATCH", `/admin/chats/${chat.id}/members/ada`, { role: "owner" });
    expect((await take("zoe")).body, "another owner stays").not.toHaveProperty("heir");
    expect((await take("ada")).body, "nobody is left").not.toHaveProperty("heir");
  });

  test("ends with the last member", async () => {
    const chat = await createChat({ memberUserIds: [] });
    expect(await remove(ada, chat, "ada")).toMatchObject({ status: 200, body: { memberCount: 0 } });
    expect((await ada("GET", `/Chat/${chat.id}`)).status).toBe(404);
  });
});

describe("refuses", () => {
  test("members of a moderated chat to remove others, not to leave", async () => {
    const chat = await createChat({ policy: "moderated" });
    expect(await remove(ben, chat, "cleo")).toMatchObject({ status: 403, body: { code: "forbidden" } });
    expect((await remove(ben, chat, "ben")).status).toBe(200);
    await ada("PATCH", `/Chat/${chat.id}/members/cleo`, { role: "moderator" });
    await ada("POST", `/Chat/${chat.id}/members`, { userId: "ben" });
    expect((await remove(cleo, chat, "ben")).status).toBe(200);
  });

  test("a moderator to remove the owner of a moderated chat", async () => {
    const chat = await createChat({ policy: "moderated" });
    await ada("PATCH", `/Chat/${chat.id}/members/cleo`, { role: "moderator" });
    expect((await remove(cleo, chat, "ada")).status).toBe(403);
    expect((await remove(tenant.as("cleo", ["Admin"]), chat, "ada")).status).toBe(200);
  });

  test("to leave a direct chat: 409", async () => {
    const chat = await createChat({ kind: "direct", memberUserIds: ["ben"] });
    expect(await remove(ben, chat, "ben")).toMatchObject({ status: 409, body: { code: "conflict" } });
  });

  test("whoever is not a member, and other tenants: 404", async () => {
    const chat = await createChat();
    const other = await stack.tenant("umbra");
    expect((await remove(tenant.as("eve"), chat, "ben")).status).toBe(404);
    expect((await remove(other.as("ada"), chat, "ben")).status).toBe(404);
    expect((await ada<Chat>("GET", `/Chat/${chat.id}`)).body.memberCount).toBe(3);
  });
});

test("answers 404 for a user that cannot be", async () => {
  const chat = await createChat();
  expect((await remove(ada, chat, "a\u0000b")).status).toBe(404);
  const path = `/Chat/${chat.id}/members/${encodeURIComponent("a\u0000b")}`;
  expect((await ada("PATCH", path, { role: "member" })).status).toBe(404);
});

test("freezing binds: a member neither removes the owner of a frozen open chat nor anybody else", async () => {
  const room = (await tenant.as("ada")<{ id: string }>("POST", "/Chat", { memberUserIds: ["ben", "cara"] })).body;
  await tenant.as("ada")("PATCH", `/Chat/${room.id}`, { frozen: true });
  for (const whom of ["ada", "cara"])
    expect((await tenant.as("ben")("DELETE", `/Chat/${room.id}/members/${whom}`)).status).toBe(403);
  expect((await tenant.as("ben")("PATCH", `/Chat/${room.id}`, { name: "mine" })).status).toBe(403);
  expect((await tenant.as("ben")("DELETE", `/Chat/${room.id}/members/ben`)).status).toBe(200);
});
