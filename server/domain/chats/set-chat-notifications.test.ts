import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type Caller, type Stack, startStack, type TestTenant } from "../../testing/stack.ts";
import type { Chat } from "./schema.ts";

let stack: Stack;
let tenant: TestTenant;
let ada: Caller;
let ben: Caller;
let chat: Chat;

beforeAll(async () => {
  stack = await startStack();
  tenant = await stack.tenant("acme");
  ada = tenant.as("ada");
  ben = tenant.as("ben");
  chat = (await ada<Chat>("POST", "/Chat", { memberUserIds: ["ben"] })).body;
});
afterAll(() => stack.close());

const mute = (body: unknown, caller = ben) => caller("PUT", `/Chat/${chat.id}/notifications`, body);
const shown = async (caller: Caller) => (await caller<Chat>("GET", `/Chat/${chat.id}`)).body.notifications;

describe("succeeds", () => {
  test("for oneself alone", async () => {
    expect(await mute({ mute: "except-mentions" })).toMatchObject({
      status: 200,
      body: { chatId: chat.id, mute: "except-mentions", until: null },
    });
    expect(await shown(ben)).toEqual({ mute: "except-mentions" });
    expect(await shown(ada)).toEqual({ mute: "none" });
  });

  test.each([
    ["2030-01-31T09:00:00Z", "2030-01-31T09:00:00.000Z"],
    ["2030-01-31T09:00:00.1234567Z", "2030-01-31T09:00:00.123Z"],
    ["2030-01-31T09:00:00.123456+00:00", "2030-01-31T09:00:00.123Z"],
    ["2030-01-31T11:00:00.123456789+02:00", "2030-01-31T09:00:00.123Z"],
    ["2030-01-31T09:00:00", "2030-01-31T09:00:00.000Z"],
    ["2030-01-31 09:00:00.5", "2030-01-31T09:00:00.500Z"],
    ["2030-01-31T04:30-0430", "2030-01-31T09:00:00.000Z"],
  ])("until %s", async (until, read) => {
    expect((await mute({ mute: "all", until })).body).toMatchObject({ until: read });
    expect(await shown(ben)).toEqual({ mute: "all", until: read });
  });

  test("and null means for ever", async () => {
    expect((await mute({ mute: "all", until: null })).body).toMatchObject({ until: null });
    expect(await shown(ben)).toEqual({ mute: "all" });
  });
});

test.each([
  ["no mute", {}, "mute"],
  ["an unknown one", { mute: "loudly" }, "mute"],
  ["a time that is none", { mute: "all", until: "tomorrow" }, "until"],
  ["a month of 13", { mute: "all", until: "2030-13-01T00:00:00Z" }, "until"],
  ["the 31st of April", { mute: "all", until: "2030-04-31T00:00:00Z" }, "until"],
  ["a number", { mute: "all", until: 1893456000 }, "until"],
])("bad input: %s", async (_name, body, field) => {
  expect(await mute(body)).toMatchObject({ status: 400, body: { errors: { [field]: [expect.any(String)] } } });
});

test("not a member and other tenants get 404", async () => {
  const other = await stack.tenant("umbra");
  expect((await mute({ mute: "all" }, tenant.as("eve"))).status).toBe(404);
  expect((await mute({ mute: "all" }, other.as("ben"))).status).toBe(404);
});
