import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { clientHashOf } from "../../caller.ts";
import { eventually } from "../../testing/hub-client.ts";
import { RecordingSink } from "../../testing/recording-sink.ts";
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
const cursor = async (caller: Caller) => (await caller<{ nextCursor: string }>("GET", "/events")).body.nextCursor;
const since = async (caller: Caller, after: string) =>
  (await caller<{ data: object[] }>("GET", `/events?after=${after}`)).body.data;
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

  test("with one event for one's own devices and none for others", async () => {
    await mute({ mute: "none" });
    const [bens, adas, tenants] = [await cursor(ben), await cursor(ada), await cursor(tenant.key())];
    const until = "2030-01-31T09:00:00.000Z";
    for (const notifications of [
      { mute: "except-mentions", until },
      { mute: "except-mentions", until },
      { mute: "all" },
    ])
      await mute(notifications);
    const told = (notifications: object) => ({
      type: "member.updated",
      chatId: chat.id,
      data: { chatId: chat.id, userId: "ben", role: "member", notifications },
    });
    const both = [told({ mute: "except-mentions", until }), told({ mute: "all" })];
    expect(await since(ben, bens)).toMatchObject(both);
    expect(await since(tenant.key(), tenants)).toMatchObject(both);
    expect(await since(ada, adas)).toEqual([]);
  });

  test("but for the page that asked", async () => {
    await mute({ mute: "none" });
    const [page, other] = [new RecordingSink(), new RecordingSink()];
    const { realtime } = stack.api;
    const { tenantId } = tenant;
    const clientHash = clientHashOf(tenantId, "ben", "the page");
    await realtime.subscribe({ tenantId, userId: "ben", sink: page, clientHash });
    await realtime.subscribe({ tenantId, userId: "ben", sink: other });
    await mute({ mute: "all", clientId: "the page" });
    await mute({ mute: "none" });
    await eventually(() => expect(other.positions).toHaveLength(2));
    expect(page.positions).toEqual(other.positions.slice(1));
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
