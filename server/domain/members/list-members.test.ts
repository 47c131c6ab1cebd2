import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type Caller, type Stack, startStack, type TestTenant } from "../../testing/stack.ts";
import type { Chat } from "../chats/schema.ts";

interface MemberPage {
  data: unknown[];
  totalCount: number;
}

let stack: Stack;
let tenant: TestTenant;
let ada: Caller;
let chat: Chat;

beforeAll(async () => {
  stack = await startStack();
  tenant = await stack.tenant("acme");
  ada = tenant.as("ada");
  const memberUserIds = Array.from({ length: 11 }, (_, i) => `user-${String(i).padStart(2, "0")}`);
  chat = (await ada<Chat>("POST", "/Chat", { memberUserIds })).body;
});
afterAll(() => stack.close());

const list = (query = "", caller = ada) => caller<MemberPage>("GET", `/Chat/${chat.id}/members${query}`);

describe("succeeds", () => {
  test("with plain user ids, a page at a time", async () => {
    const first = await list();
    expect(first).toMatchObject({
      status: 200,
      body: { totalCount: 12, totalPages: 2, pageSize: 10, hasNextPage: true, hasPreviousPage: false },
    });
    expect(first.body.data).toHaveLength(10);
    expect(first.body.data.every((id) => typeof id === "string")).toBe(true);
    const second = await list("?pageNumber=2");
    expect([...first.body.data, ...second.body.data]).toEqual([
      "ada",
      ...Array.from({ length: 11 }, (_, i) => `user-${String(i).padStart(2, "0")}`),
    ]);
    expect((await list("?pageNumber=3")).body).toMatchObject({ data: [], totalCount: 12 });
  });

  test.each([
    "?expand=true",
    "?Expand=True",
    "?expand=1",
    "?expand",
    "?limit=9&Expand",
    "?other=a?b&expand",
    "?expand&expand",
  ])("with whole members on %s", async (query) => {
    await tenant.as("user-00")("PUT", "/Users/user-00", { displayName: "Una" });
    await tenant.as("user-00")("POST", `/Chat/${chat.id}/messages`, { content: "x" });
    const { body } = await list(query);
    expect(body.data[0]).toMatchObject({ userId: "ada", role: "owner", user: { displayName: null } });
    expect(body.data[1]).toMatchObject({
      userId: "user-00",
      role: "member",
      joinedAt: expect.stringMatching(/^\d{4}-.*Z$/),
      lastReadSeq: (await ada<Chat>("GET", `/Chat/${chat.id}`)).body.lastSeq,
      user: { userId: "user-00", displayName: "Una" },
    });
  });

  test("to those who run the tenant with the name of each", async () => {
    await tenant.as("user-01")("PUT", "/Users/user-01", { displayName: "Ute" });
    const { body } = await tenant.key()<MemberPage>("GET", `/admin/chats/${chat.id}/members?pageSize=3`);
    expect(body.data).toMatchObject([
      { userId: "ada", user: { userId: "ada", displayName: null } },
      { userId: "user-00" },
      { userId: "user-01", user: { userId: "user-01", displayName: "Ute", avatarUrl: null } },
    ]);
  });

  // An empty value is left out: PHP writes false so.
  test.each(["?expand=false", "?expand=0", "?expand="])("with plain ids on %s", async (query) => {
    expect(typeof (await list(query)).body.data[0]).toBe("string");
  });

  test("and shows until when a member is muted", async () => {
    const mutedUntil = new Date(Date.now() + 60_000).toISOString();
    await ada("PATCH", `/Chat/${chat.id}/members/user-05`, { mutedUntil });
    const { body } = await list("?expand=true");
    expect(body.data[6]).toMatchObject({ userId: "user-05", mutedUntil });
    expect(body.data[5]).not.toHaveProperty("mutedUntil");
  });
});

test.each(["?expand=perhaps", "?pageSize=ten"])("bad input: %s", async (query) => {
  expect(await list(query)).toMatchObject({ status: 400, body: { code: "invalid" } });
});

test("not a member and other tenants get 404", async () => {
  const other = await stack.tenant("umbra");
  expect((await list("", tenant.as("eve"))).status).toBe(404);
  expect((await list("", other.as("ada"))).status).toBe(404);
});
