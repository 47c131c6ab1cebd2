import { afterAll, beforeAll, describe, expect, test } from "vitest";
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
  chat = (await ada<Chat>("POST", "/Chat", { memberUserIds: ["ben", "cleo", "a,b"] })).body;
  await tenant.key()("PUT", "/Users/ben", { displayName: "Ben Carter", avatarUrl: "https://pictures.example/ben.png" });
  await tenant.key()("PUT", "/Users/dora", { displayName: "Dora" });
  await ada("DELETE", `/Chat/${chat.id}/members/ben`);
});
afterAll(() => stack.close());

const list = (query: string, caller = ada) =>
  caller<{ data: { userId: string }[] }>("GET", `/Chat/${chat.id}/people?${query}`);

describe("succeeds", () => {
  test("for who has left, who has told no name, and an id with a comma; not for who was never there", async () => {
    const { status, body } = await list("userIds=ben&userIds=cleo&userIds=dora&userIds=a,b&userIds=ben");
    expect(status).toBe(200);
    expect(body.data.toSorted((a, b) => a.userId.localeCompare(b.userId))).toEqual([
      { userId: "a,b", displayName: null, avatarUrl: null },
      { userId: "ben", displayName: "Ben Carter", avatarUrl: "https://pictures.example/ben.png" },
      { userId: "cleo", displayName: null, avatarUrl: null },
    ]);
  });

  test("with ids that are separated by commas", async () => {
    expect((await list("userIds=ben,cleo,dora")).body.data.map(({ userId }) => userId).sort()).toEqual(["ben", "cleo"]);
  });
});

test.each(["", "userIds=", "userIds=,", `userIds=${Array(201).fill("x").join(",")}`])(
  "bad input: %s",
  async (query) => {
    expect(await list(query)).toMatchObject({ status: 400, body: { code: "invalid", errors: expect.anything() } });
  },
);

test("who has left, who never was there and other tenants get 404", async () => {
  const other = await stack.tenant("umbra");
  for (const caller of [tenant.as("ben"), tenant.as("dora"), other.as("ada")])
    expect((await list("userIds=cleo", caller)).status).toBe(404);
});
