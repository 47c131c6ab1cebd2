import { Client } from "pg";
import { pino } from "pino";
import { afterAll, beforeAll, expect, test } from "vitest";
import { consumers } from "../../jobs/consumers.ts";
import { MailHolds } from "../../jobs/mail/hold-store.ts";
import { type MailContext, pumpMail } from "../../jobs/mail/pump.ts";
import { OpenLines } from "../../jobs/mail/smtp.ts";
import { Planner } from "../../log/planner.ts";
import { comeBatch } from "../../testing/come-batch.ts";
import { type Caller, type Stack, startStack, type TestTenant } from "../../testing/stack.ts";
import type { Batch } from "../batches/schema.ts";
import { settleDue } from "../notifications/settle-due.ts";
import { planDeliveries } from "./plan-deliveries.ts";

let stack: Stack;
let tenant: TestTenant;
let key: Caller;
let owner: Client;
let planner: Planner;
let mail: MailContext;

/** Each for a reason of their own: what becomes of their mail. */
const people = {
  ann: "caught",
  ben: "caught",
  off: "preference",
  "all-off": "preference",
  archive: "caught", // wants mail, and none of it in the inbox
  blocked: "suppressed",
  nowhere: "no_address",
  paused: "held",
  digest: "folded",
  late: "expired",
  gone: "cancelled",
  read: "read_first",
};
const names = Object.keys(people);
const count = (statuses: string[]) => {
  const counts: Record<string, number> = {};
  for (const status of statuses) counts[status] = (counts[status] ?? 0) + 1;
  return counts;
};
const email = { total: names.length, statuses: count(Object.values(people)) };
/** In the inbox it is there, whatever becomes of the mail. */
const inApp = { total: names.length, statuses: { sent: names.length - 3, preference: 1, expired: 1, cancelled: 1 } };

beforeAll(async () => {
  stack = await startStack();
  tenant = await stack.tenant("acme");
  key = tenant.key();
  owner = new Client({ connectionString: stack.database.ownerUrl });
  await owner.connect();
  const onError = (error: unknown) => {
    throw error;
  };
  const { db } = stack.api.services;
  planner = new Planner({ db, consumers, onError });
  const stopping = new AbortController().signal;
  const log = pino({ level: "silent" });
  const patience = { slot: 60_000 }; // what a pump works at, it ends
  mail = {
    ...{ config: stack.config, db, log, stopping, patience },
    holds: new MailHolds(db.pool),
    lines: new OpenLines(),
    hanging: new Map(),
  };
  await key("PUT", "/admin/categories/News", { title: "News", channels: ["inApp", "email"] });
  await Promise.all(names.map((name) => key("PUT", `/Users/${name}`, { email: emailOf(name) })));
  await key("POST", "/admin/suppressions", { address: "blocked@example.com" });
  const prefer = (name: string, body: object) => key("PUT", `/Users/${name}/preferences`, body);
  await Promise.all([
    prefer("off", { categories: [{ type: "News", email: "off" }] }),
    prefer("all-off", { categories: [{ type: "*", email: "off" }] }),
    prefer("archive", { categories: [{ type: "News", inApp: "off" }] }),
    prefer("paused", { pause: "week" }),
    prefer("digest", { digest: { every: "daily" } }),
  ]);
});
afterAll(async () => {
  await planner.close();
  await owner.end();
  await stack.close();
});

const emailOf = (name: string) => (name === "nowhere" ? undefined : `${name}@example.com`);

async function send(body: object): Promise<Batch> {
  const text = { type: "News", subject: "Late", message: "Ten minutes" };
  const { status, body: batch } = await key<Batch>("POST", "/Notifications/bulk", { ...text, ...body });
  expect(status).toBe(201);
  return batch;
}

/** Makes what is due by then, lets three of its recipients be too late for their mail in a way each, has it planned and mailed. */
async function reach({ id }: Batch, now = Date.now() + 1000): Promise<void> {
  const { db } = stack.api.services;
  await comeBatch(db, tenant.tenantId, id, now);
  while (await settleDue(db, tenant.tenantId, now));
  const of = (name: string) => [id, name];
  await owner.query(
    "update notifications set expires_at = now() - interval '1 second' where batch_id = $1 and user_id = $2",
    of("late"),
  );
  await owner.query("update notifications set read_at = now() where batch_id = $1 and user_id = $2", of("read"));
  const { rows } = await owner.query("select id from notifications where batch_id = $1 and user_id = $2", of("gone"));
  for (const row of rows) await tenant.as("gone")("DELETE", `/Notifications/${row.id}`); // 404 while it is scheduled
  await planner.plan(tenant.tenantId);
  // A pump's turn may be over before its mail is.
  const due = "select from deliveries where tenant_id = $1 and status = 'queued' and due_at <= clock_timestamp()";
  while ((await owner.query(due, [tenant.tenantId])).rows.length > 0) await pumpMail(mail, tenant.tenantId);
}

const decided = async ({ id }: Batch) => (await key("GET", `/admin/deliveries/summary?batchId=${id}`)).body;
const read = async ({ id }: Batch) => (await key<Batch>("GET", `/Notifications/batches/${id}`)).body;
const inHours = (hours: number) => new Date(Date.now() + hours * 3_600_000);

test.each([
  ["a list of users", async () => ({ userIds: names })],
  [
    "a topic",
    async () => {
      await key("PUT", "/admin/topics/piers", { name: "Piers" });
      await key("POST", "/admin/topics/piers/subscribers", { userIds: names });
      return { topic: "piers" };
    },
  ],
  [
    "the members of a chat",
    async () => {
      const [first = "", ...memberUserIds] = names;
      const { body } = await tenant.as(first)<{ id: string }>("POST", "/Chat", { memberUserIds });
      return { chatId: body.id };
    },
  ],
  ["everyone", async () => ({ everyone: true })],
])("a send to %s: the decisions add up to its audience, at once and at its time", async (_name, audienceOf) => {
  const audience = await audienceOf();
  const now = await send(audience);
  await reach(now);
  expect(await read(now)).toMatchObject({ status: "done", total: names.length, done: names.length });
  expect(await decided(now)).toEqual({ inApp, email });

  const later = await send({ ...audience, scheduledFor: inHours(1).toISOString() });
  await reach(later);
  expect(await decided(later)).toEqual({ inApp: { total: 0, statuses: {} }, email: { total: 0, statuses: {} } });
  await reach(later, inHours(2).getTime());
  expect(await decided(later)).toEqual({ inApp, email });
});

test("at nine where each one is, it adds up when all of them had their nine; cancelled on the way, at once", async () => {
  await key("PUT", "/Users/ann", { email: emailOf("ann"), timezone: "Pacific/Kiritimati" });
  const day = inHours(24).toISOString().slice(0, 10);
  const there = Date.parse(`${day}T09:00:00+14:00`);
  const local = { userIds: names, scheduledForLocal: `${day}T09:00` };
  const [whole, cut] = [await send(local), await send(local)];
  for (const batch of [whole, cut]) {
    await reach(batch, there);
    expect(await decided(batch)).toMatchObject({ inApp: { total: 1 }, email: { total: 1 } });
  }
  expect((await key("DELETE", `/Notifications/batches/${cut.id}`)).status).toBe(200);
  await reach(cut, inHours(48).getTime());
  const cancelled = { cancelled: names.length - 1 };
  expect(await decided(cut)).toEqual({
    inApp: { total: names.length, statuses: { sent: 1, ...cancelled } },
    email: { total: names.length, statuses: { caught: 1, ...cancelled } },
  });
  await reach(whole, inHours(48).getTime());
  expect(await decided(whole)).toMatchObject({ inApp: { total: names.length }, email: { total: names.length } });
});

test("it adds up, too, when somebody deletes theirs while the planner is at it", async () => {
  const { db } = stack.api.services;
  const batch = await send({ userIds: ["ann", "ben"] });
  await comeBatch(db, tenant.tenantId, batch.id, Date.now() + 1000);
  const list = await tenant.as("ann")<{ data: { id: string }[] }>("GET", "/Notifications");
  let deleting: Promise<{ status: number }> | undefined;
  const blocked = async () =>
    (await owner.query("select from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'"))
      .rowCount;
  const step = async (name: string) => {
    if (name !== "planner claimed" || deleting) return;
    deleting = tenant.as("ann")("DELETE", `/Notifications/${list.body.data[0]?.id}`);
    await expect.poll(blocked).toBeGreaterThan(0);
  };
  const onError = (error: unknown) => {
    throw error;
  };
  const another = new Planner({ db, consumers: [planDeliveries], onError, step });
  await another.plan(tenant.tenantId);
  expect((await deleting)?.status).toBe(200);
  await another.close();
  expect(await decided(batch)).toMatchObject({ inApp: { total: 2 }, email: { total: 2 } });
});

test("one that is scheduled and cancelled says so to whoever asks why", async () => {
  const text = { userId: "ann", type: "News", subject: "Late", message: "Ten minutes" };
  const { body } = await key<{ id: string }>("POST", "/Notifications", {
    ...text,
    scheduledFor: inHours(1).toISOString(),
  });
  expect((await key("DELETE", `/Notifications/${body.id}`)).body).toMatchObject({ status: "cancelled" });
  expect((await key("GET", `/Notifications/${body.id}/deliveries`)).body).toMatchObject({
    data: [
      { channel: "email", status: "cancelled", userId: "ann", subject: "Late" },
      { channel: "inApp", status: "cancelled", userId: "ann", subject: "Late" },
    ],
  });
});

test("thousands that wait for an operator are let go or taken back in steps, and a repeat is told how many they were", async () => {
  const other = await stack.tenant("restored");
  await other.key()("POST", "/Notifications", { userId: "ann", subject: "s", message: "m" });
  await planner.plan(other.tenantId);
  const copies = `insert into deliveries select (jsonb_populate_record(d, jsonb_build_object('id', gen_random_uuid(), 'cause', gen_random_uuid(), 'status', 'waiting'))).*
    from deliveries d, generate_series(1, 4500) where d.id = (select id from deliveries where tenant_id = $1 limit 1)`;
  await owner.query(copies, [other.tenantId]);
  const release = async (action: string) =>
    (await other.key()("POST", "/admin/deliveries/release", { action }, { "idempotency-key": "release" })).body;
  expect(await release("cancel")).toEqual({ count: 4500 });
  expect(await release("cancel")).toEqual({ count: 4500 });
  const { rows } = await owner.query(
    "select count(*)::int as n, count(distinct xmin::text)::int as steps from deliveries where tenant_id = $1 and rule = 'operator'",
    [other.tenantId],
  );
  expect(rows).toEqual([{ n: 4500, steps: 3 }]);
  const { body } = await other.key()<{ data: object[] }>("GET", "/admin/deliveries?status=cancelled&pageSize=1");
  expect(body.data).toMatchObject([
    { rule: "operator", detail: "An operator cancelled what waited after the restore" },
  ]);
  await owner.query("update deliveries set status = 'waiting' where tenant_id = $1", [other.tenantId]);
  expect((await other.key()("POST", "/admin/deliveries/release", { action: "send" })).body).toEqual({ count: 4502 });
});
