import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { ResumingPage } from "../../testing/guide/resuming-page.ts";
import { type Caller, type Stack, startStack, type TestTenant } from "../../testing/stack.ts";
import type { Chat } from "../chats/schema.ts";

interface Presences {
  data: { userId: string; state: string; lastSeen: string | null }[];
}

let stack: Stack;
let tenant: TestTenant;
let ada: Caller;
let chat: Chat;
const pages: ResumingPage[] = [];

beforeAll(async () => {
  stack = await startStack();
  tenant = await stack.tenant("acme");
  ada = tenant.as("ada");
  chat = (await ada<Chat>("POST", "/Chat", { memberUserIds: ["ben", "cleo"] })).body;
});
afterAll(async () => {
  await Promise.all(pages.map((page) => page.close()));
  await stack.close();
});

const connect = (userId: string) => {
  const page = new ResumingPage({ hubUrl: `${tenant.url}/hub`, getAccessToken: () => tenant.token(userId) });
  pages.push(page);
  return page.open();
};
const get = (query: string, caller = ada) => caller<Presences>("GET", `/presence${query}`);
const stateOf = async (userId: string) => (await get(`?userIds=${userId}`)).body.data[0]?.state;

describe("succeeds", () => {
  test("of a chat: every member, connected or not", async () => {
    await connect("ben");
    const { status, body } = await get(`?chatId=${chat.id}`);
    expect(status).toBe(200);
    expect(body.data.sort((a, b) => (a.userId < b.userId ? -1 : 1))).toEqual([
      { userId: "ada", state: "offline", lastSeen: null },
      { userId: "ben", state: "online", lastSeen: null },
      { userId: "cleo", state: "offline", lastSeen: null },
    ]);
  });

  test("of a large chat: every member up to a thousand, and beyond that the first by their ids", async () => {
    const memberUserIds = Array.from({ length: 1000 }, (_, i) => `u${1999 - i}`);
    const { body } = await ada<Chat>("POST", "/Chat", { memberUserIds: memberUserIds.slice(1) });
    const seen = async () => (await get(`?chatId=${body.id}`)).body.data.map(({ userId }) => userId).sort();
    expect(await seen()).toEqual(["ada", ...memberUserIds.slice(1).sort()]);
    await ada("POST", `/Chat/${body.id}/members`, { userId: memberUserIds[0] });
    expect(await seen()).toEqual(["ada", ...memberUserIds.slice(1).sort()]);
  });

  test("of users named in the address, but only of those one shares a chat with, or oneself", async () => {
    await connect("eve");
    const { body } = await get("?UserIds=ben,eve,,ada,nobody");
    expect(body.data.map(({ userId }) => userId).sort()).toEqual(["ada", "ben"]);
    const repeated = await get("?userIds=ben&userIds=ada&userIds="); // as clients made from the OpenAPI document ask
    expect(repeated.body.data.map(({ userId }) => userId).sort()).toEqual(["ada", "ben"]);
    expect((await get("?userIds=eve", tenant.as("eve"))).body.data).toMatchObject([{ state: "online" }]);
  });

  test("over several devices: online while one of them is, and still when a page reloads", async () => {
    const [phone, laptop] = await Promise.all([connect("cleo"), connect("cleo")]);
    expect(await stateOf("cleo")).toBe("online");
    await phone.close();
    expect(await stateOf("cleo")).toBe("online");
    await laptop.close();
    expect(await stateOf("cleo")).toBe("online"); // for a while: a reload is not a leave
  });
});

test.each([
  ["nothing", ""],
  ["nobody", "?userIds="],
  ["somebody who cannot be", "?userIds=ben,a%00b"],
  ["201 users", `?userIds=${Array.from({ length: 201 }, (_, i) => `u${i}`)}`],
])("bad input: %s", async (_name, query) => {
  expect(await get(query)).toMatchObject({ status: 400, body: { errors: { userIds: [expect.any(String)] } } });
});

test("not a member and other tenants get 404, and nobody of the other tenant", async () => {
  const other = await stack.tenant("umbra");
  expect((await get(`?chatId=${chat.id}`, tenant.as("eve"))).status).toBe(404);
  expect((await get(`?chatId=${chat.id}`, other.as("ada"))).status).toBe(404);
  await other.as("ada")("POST", "/Chat", { memberUserIds: ["ben"] });
  expect((await get("?userIds=ben", other.as("ada"))).body.data).toMatchObject([{ userId: "ben", state: "offline" }]);
});

test("nobody but oneself where the tenant does not show who is there", async () => {
  const { key } = tenant;
  await key()("PATCH", "/admin/tenant", { settings: { presence: false } });
  const chat = (await tenant.as("ada")<{ id: string }>("POST", "/Chat", { memberUserIds: ["ben"] })).body;
  const shown = await tenant.as("ada")<{ data: { userId: string }[] }>("GET", `/presence?chatId=${chat.id}`);
  expect(shown.body.data.map(({ userId }) => userId)).toEqual(["ada"]);
  await key()("PATCH", "/admin/tenant", { settings: { presence: true } });
  const again = await tenant.as("ada")<{ data: { userId: string }[] }>("GET", `/presence?chatId=${chat.id}`);
  expect(again.body.data.map(({ userId }) => userId).sort()).toEqual(["ada", "ben"]);
});
