import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { newId } from "../../ids.ts";
import type { TenantClient } from "../../persistence/prisma.ts";
import { type Stack, startStack, type TestTenant } from "../../testing/stack.ts";
import type { User } from "./schema.ts";

let stack: Stack;
let tenant: TestTenant;

beforeAll(async () => {
  stack = await startStack();
  tenant = await stack.tenant("acme");
  await tenant.key()("PUT", "/Users/ada", { displayName: "Ada" });
});
afterAll(() => stack.close());

describe("succeeds", () => {
  test("for oneself, a key and an Admin", async () => {
    for (const caller of [tenant.as("ada"), tenant.key(), tenant.as("root", ["Admin"])]) {
      expect(await caller<User>("GET", "/Users/ada")).toMatchObject({
        status: 200,
        body: { userId: "ada", displayName: "Ada" },
      });
    }
  });

  test("for a user without a profile: oneself, and who is a member somewhere", async () => {
    expect((await tenant.as("fresh")("GET", "/Users/fresh")).body).toEqual({ userId: "fresh", metadata: {} });
    await tenant.as("fresh")("POST", "/Chat", { memberUserIds: ["invited"] });
    expect(await tenant.key()("GET", "/Users/invited")).toMatchObject({ status: 200, body: { userId: "invited" } });
  });

  test("for who was a member somewhere", async () => {
    const { body } = await tenant.as("fresh")("POST", "/Chat", { memberUserIds: ["past"] });
    expect((await tenant.as("fresh")("DELETE", `/Chat/${body.id}/members/past`)).status).toBe(200);
    expect(await tenant.key()("GET", "/Users/past")).toMatchObject({ status: 200, body: { userId: "past" } });
  });

  test("for whom a good token alone names, in this tenant, from a moment after its first call", async () => {
    const other = await stack.tenant("umbra");
    expect((await tenant.as("signed")("GET", "/Chat")).status).toBe(200);
    const find = async () => (await tenant.key()("GET", "/Users/signed")).status;
    await expect.poll(find, { timeout: 20_000 }).toBe(200);
    expect((await tenant.key()("POST", "/admin/users/signed/export")).status).toBe(201);
    expect((await other.key()("GET", "/Users/signed")).status).toBe(404);
  });

  test("for whom a notification alone names, one to come as well, in this tenant", async () => {
    const other = await stack.tenant("initech");
    const said = { subject: "Welcome", message: "Aboard" };
    await tenant.key()("POST", "/Notifications", { ...said, userId: "told" });
    await tenant.key()("POST", "/Notifications", { ...said, userId: "awaited", scheduledFor: "2990-01-01T00:00:00Z" });
    for (const userId of ["told", "awaited"]) {
      const found = { status: 200, body: { userId, metadata: {} } };
      expect(await tenant.key()("GET", `/Users/${userId}`)).toMatchObject(found);
      expect((await other.key()("GET", `/Users/${userId}`)).status).toBe(404);
    }
  });
});

describe("who is known by it alone can be exported and erased, in this tenant, and read where it names them:", () => {
  const mail = { cause: "event:1", channel: "email", kind: "notification", type: "T", status: "sent", subject: "S" };
  const call = { transport: "rest", operation: "chats.list", status: 200, code: "ok", credential: "user" };
  type Make = (there: TestTenant, client: TenantClient, of: { tenantId: string; userId: string }) => Promise<unknown>;
  test.each<[string, number, Make]>([
    [
      "a subscription",
      200,
      async ({ key }) => {
        await key()("PUT", "/admin/topics/news", { name: "News" });
        await key()("POST", "/admin/topics/news/subscribers", { userIds: ["zed"] });
      },
    ],
    [
      "a choice",
      200,
      ({ key }) => key()("PUT", "/Users/zed/preferences", { categories: [{ type: "T", inApp: "off" }] }),
    ],
    ["a time", 200, ({ key }) => key()("PUT", "/Users/zed/preferences", { timezone: "Asia/Tokyo" })],
    ["a mail", 404, (_, client, of) => client.delivery.create({ data: { ...mail, ...of, id: newId(), epoch: 1 } })],
    [
      "a call",
      404,
      (_, client, of) =>
        client.apiRequest.create({ data: { ...call, ...of, id: newId(), at: new Date(), ms: 1, requestId: "r" } }),
    ],
  ])("%s", async (name, status, make) => {
    const there = await stack.tenant(name.replace(" ", "-"));
    const { tenantId } = there;
    await make(there, stack.api.services.db.forTenant(tenantId), { tenantId, userId: "zed" });
    for (const [one, taken, read] of [
      [there, 201, status],
      [tenant, 404, 404],
    ] as const) {
      expect((await one.key()("GET", "/Users/zed")).status).toBe(read);
      expect((await one.key()("POST", "/admin/users/zed/export")).status).toBe(taken);
      expect((await one.key()("POST", "/admin/users/zed/erase", { confirm: "zed" })).status).toBe(taken);
    }
  });
});

test("more exports at once than there are connections to the database wait for none but their own", async () => {
  const exports = Array.from({ length: 40 }, () => tenant.key()("POST", "/admin/users/nobody/export"));
  expect(new Set((await Promise.all(exports)).map(({ status }) => status))).toEqual(new Set([404]));
});

describe("refuses", () => {
  test("another user's profile with 403, whether there is one or not", async () => {
    const ben = tenant.as("ben");
    const [there, nowhere] = [await ben("GET", "/Users/ada"), await ben("GET", "/Users/nobody")];
    expect([there.status, nowhere.status, there.body.detail]).toEqual([403, 403, nowhere.body.detail]);
  });

  test("who is unknown with 404, in this tenant", async () => {
    const other = await stack.tenant("globex");
    for (const userId of ["nobody", "x".repeat(150), "a%00b"])
      expect((await tenant.key()("GET", `/Users/${userId}`)).status).toBe(404);
    expect((await other.key()("GET", "/Users/ada")).status).toBe(404);
  });

  test("no credential with 401", async () => {
    expect((await fetch(`${tenant.url}/Users/ada`)).status).toBe(401);
  });
});
