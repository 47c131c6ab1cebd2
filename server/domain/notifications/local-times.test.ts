import { Client } from "pg";
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from "vitest";
import { newId } from "../../ids.ts";
import { sessionsWaiting } from "../../testing/sessions-waiting.ts";
import { type Caller, type Stack, startStack, type TestTenant } from "../../testing/stack.ts";
import { createNotification } from "./lane-store.ts";
import type { Notification } from "./schema.ts";

// A time by somebody's own clock, whose clock becomes another while it is stored.

let stack: Stack;
let tenant: TestTenant;
let key: Caller;
let owner: Client;

beforeAll(async () => {
  stack = await startStack({}, () => Date.parse("2026-11-26T08:00:00Z"));
  tenant = await stack.tenant("acme");
  key = tenant.key();
});
afterAll(() => stack.close());
beforeEach(async () => {
  owner = new Client({ connectionString: stack.database.ownerUrl });
  await owner.connect();
  await owner.query("begin");
});
afterEach(() => owner.end());

const nine = { scheduledForLocal: "2026-12-24T09:00" };
const nineInDubai = "2026-12-24T05:00:00.000Z";
const holdHead = () => owner.query("select from tenant_log where tenant_id = 'acme' for no key update");
const create = (userId: string, more: object = {}, headers = {}) =>
  key<Notification>("POST", "/Notifications", { userId, subject: "s", message: "m", ...more }, headers);
const move = (userId: string) => key("PUT", `/Users/${userId}`, { timezone: "Asia/Dubai" });
const timeOf = async (id: string) => (await key<Notification>("GET", `/admin/notifications/${id}`)).body.scheduledFor;
const waiting = (count: number) => expect.poll(() => sessionsWaiting(stack.api.services.db.pool)).toBe(count);
/** Until it waits, beside another, or is through. */
async function waitingOrDone(asked: Promise<unknown>): Promise<void> {
  let done = false;
  void asked.then(() => {
    done = true;
  });
  await expect.poll(async () => done || (await sessionsWaiting(stack.api.services.db.pool)) === 2).toBe(true);
}

test("comes by the new one for who moves while it is stored", async () => {
  await holdHead();
  const creating = create("ada", nine);
  await waiting(1);
  const moving = move("ada");
  await waitingOrDone(moving);
  await owner.query("commit");
  await moving;
  expect(await timeOf((await creating).body.id)).toBe(nineInDubai);
});

test.each([
  [
    "who has moved before it is stored",
    "update users set timezone = 'Asia/Dubai' where tenant_id = 'acme' and id = 'ben'",
  ],
  [
    "whose tenant has moved before it is stored",
    `update tenants set settings = settings || '{"timezone": "Asia/Dubai"}' where id = 'acme'`,
  ],
])("comes by the new one for %s; a repeat answers the same", async (_, update) => {
  await key("PUT", "/Users/ben", {});
  await owner.query("update tenants set settings = settings - 'timezone' where id = 'acme'");
  await owner.query("commit");
  await owner.query("begin");
  await holdHead();
  const headers = { "Idempotency-Key": `k-${update.length}` };
  const creating = create("ben", nine, headers);
  await waiting(1);
  await owner.query(update);
  await owner.query("commit");
  const { status, body } = await creating;
  expect([status, body.scheduledFor]).toEqual([201, nineInDubai]);
  expect((await create("ben", nine, headers)).body).toEqual(body);
});

test("of some that are stored together only who moved is read anew", async () => {
  const { db } = stack.api.services;
  await key("PUT", "/Users/eva", { timezone: "Asia/Tokyo" });
  const content = { type: "General", subject: "s", message: "m", priority: 1 };
  const store = (userId: string, zone?: string) =>
    createNotification(db, tenant.tenantId, {
      ...{ id: newId(), userId, content, zone },
      ...(zone ? { scheduledFor: "2026-12-24T00:00:00Z", scheduledLocal: nine.scheduledForLocal } : {}),
    });
  const stored = await Promise.all([
    store("eva", "UTC"),
    store("gus"),
    store("eva", "Asia/Tokyo"),
    store("hal", "Asia/Oman"),
  ]);
  const told = stored.map((one) => (one === "moved" ? one : [one.notification.userId, one.notification.status]));
  expect(told).toEqual(["moved", ["gus", "visible"], ["eva", "scheduled"], "moved"]);
});

test.each(["POST", "PATCH"])(
  "comes by the new one for who moves while a %s is written that has read the zone",
  async (method) => {
    const userId = `ida-${method}`;
    await key("PUT", `/Users/${userId}`, { timezone: "Asia/Tokyo" });
    const { id } = (await create(userId, { scheduledFor: "2026-12-24T01:00:00Z" })).body;
    // Both end with when the tenant is due next.
    await owner.query("select from tenant_dues where tenant_id = 'acme' and kind = 'notifications' for update");
    const asked = method === "POST" ? create(userId, nine) : key<Notification>("PATCH", `/Notifications/${id}`, nine);
    await waiting(1);
    const moving = move(userId);
    await waitingOrDone(moving);
    await owner.query("commit");
    await moving;
    expect(await timeOf((await asked).body.id)).toBe(nineInDubai);
  },
);
