import pg from "pg";
import { afterAll, beforeAll, expect, test } from "vitest";
import { installationKey } from "../auth/api-key.ts";
import type { Chat } from "../domain/chats/schema.ts";
import { retainTasks } from "../domain/tasks/store.ts";
import { Planner } from "../log/planner.ts";
import { call, configFor, type Stack, startStack, type TestTenant, testSecret } from "../testing/stack.ts";
import { consumers } from "./consumers.ts";
import { runRetention } from "./retention.ts";
import { retainKeys } from "./store.ts";
import { startWorker } from "./worker.ts";

let stack: Stack;
let owner: pg.Client;
const tenants: TestTenant[] = [];

beforeAll(async () => {
  stack = await startStack();
  owner = new pg.Client({ connectionString: stack.database.ownerUrl });
  await owner.connect();
  for (const id of ["one", "two"]) tenants.push(await stack.tenant(id));
});
afterAll(async () => {
  await owner.end();
  await stack.close();
});

interface Events {
  data: { eventId: string; seq?: number }[];
  nextCursor: string;
}

async function chatWith(tenant: TestTenant, messages: number): Promise<Chat> {
  const { body } = await tenant.as("ada")<Chat>("POST", "/Chat", {});
  for (let i = 0; i < messages; i++)
    await tenant.as("ada")(
      "POST",
      `/Chat/${body.id}/messages`,
      { content: String(i) },
      { "idempotency-key": crypto.randomUUID() },
    );
  return body;
}

/** What a worker does before anything may go. */
const plan = async () => {
  const planner = new Planner({
    db: stack.api.services.db,
    consumers,
    onError: (error) => {
      throw error;
    },
  });
  for (const { tenantId } of tenants) await planner.plan(tenantId);
};

const day = 24 * 60 * 60 * 1000;
/** Unless a tenant says otherwise. */
const eventsKeptFor = 14 * day;

const age = (tenant: string, upto: number) =>
  owner.query("update events set at = $3 where tenant_id = $1 and position <= $2", [
    tenant,
    upto,
    new Date(Date.now() - eventsKeptFor - 60_000),
  ]);

test("old events of one tenant go, the floor says so, messages and the other tenant stay", async () => {
  const [one, two] = tenants as [TestTenant, TestTenant];
  const start = (await one.as("ada")<Events>("GET", "/events")).body.nextCursor;
  const chat = await chatWith(one, 6);
  await chatWith(two, 2);
  const all = (await one.as("ada")<Events>("GET", `/events?after=${start}`)).body.data;
  await age("one", 4);
  expect((await runRetention(stack.api.services.db)).events).toBe(0); // nobody has planned what they cause
  await plan();
  await owner.query("update planner_cursors set position = 3 where tenant_id = 'one'");
  expect((await runRetention(stack.api.services.db)).events).toBe(3); // never past the slowest cursor
  await plan();
  expect((await runRetention(stack.api.services.db)).events).toBe(1);
  expect(await one.as("ada")("GET", `/events?after=${start}`)).toMatchObject({
    status: 410,
    body: { code: "cursor_expired" },
  });
  const later = await one.as("ada")<Events>("GET", `/events?after=${all[3]?.eventId}`);
  expect(later.body.data.map((event) => event.seq)).toEqual([4, 5, 6]);
  expect((await one.as("ada")<{ totalCount: number }>("GET", `/Chat/${chat.id}/messages`)).body.totalCount).toBe(6);
  expect((await owner.query("select count(*)::int as n from events where tenant_id = 'two'")).rows[0].n).toBe(3);
});

test("an old event behind a young one stays: no hole", async () => {
  const [, two] = tenants as [TestTenant, TestTenant];
  await owner.query("update events set at = $1 where tenant_id = 'two' and position = 2", [new Date(0)]);
  expect((await runRetention(stack.api.services.db)).events).toBe(0);
  expect((await two.as("ada")<Events>("GET", "/events")).status).toBe(200);
});

test("a tenant that keeps its events for fewer days, or more, has them for so long", async () => {
  const [brief, long] = [await stack.tenant("brief"), await stack.tenant("long")];
  for (const [tenant, eventDays] of [
    [brief, 2],
    [long, 30],
  ] as const) {
    await chatWith(tenant, 2);
    const set = await tenant.key()("PATCH", "/admin/tenant", { settings: { retention: { eventDays } } });
    expect(set).toMatchObject({ status: 200, body: { settings: { retention: { eventDays } } } });
    tenants.push(tenant);
  }
  await plan();
  const eventsAfter = async (days: number) => {
    await owner.query("update events set at = now() - make_interval(days => $1) where tenant_id in ('brief', 'long')", [
      days,
    ]);
    await runRetention(stack.api.services.db);
    const { rows } = await owner.query(
      "select tenant_id, count(*)::int as n from events where tenant_id in ('brief', 'long') group by 1",
    );
    return Object.fromEntries(rows.map(({ tenant_id, n }) => [tenant_id, n]));
  };
  expect(await eventsAfter(1)).toEqual({ brief: 3, long: 3 });
  expect(await eventsAfter(3)).toEqual({ long: 3 });
  expect(await eventsAfter(31)).toEqual({});
});

test("idempotency keys go after a day, clientMessageIds stay", async () => {
  const [one] = tenants as [TestTenant];
  const chat = await chatWith(one, 1);
  await one.as("ada")("POST", `/Chat/${chat.id}/messages`, { content: "kept", clientMessageId: "kept" });
  await owner.query("update send_keys set created_at = now() - interval '25 hours'");
  expect((await runRetention(stack.api.services.db)).keys).toBeGreaterThanOrEqual(1);
  const left = await owner.query("select key from send_keys");
  expect(left.rows.map((row) => row.key)).toEqual(["c:kept"]);
});

test("of any number of idempotency keys so many go at a time", async () => {
  const [one] = tenants as [TestTenant];
  await owner.query(
    `insert into send_keys (tenant_id, chat_id, sender_id, key, message_id, body_hash, created_at)
     select 'one', '00000000-0000-0000-0000-000000000000', 'ada', 'i:' || n, gen_random_uuid(), '', now() - interval '25 hours'
     from generate_series(1, 25) n`,
  );
  const { pool } = stack.api.services.db;
  const gone: number[] = [];
  for (let step = 0; step < 3; step++) gone.push(await retainKeys(pool, one.tenantId, new Date(Date.now() - day), 10));
  expect(gone).toEqual([10, 10, 5]);
});

test("so do those under which tenants were made, with the tenants' keys in their answers", async () => {
  const headers = { "x-api-key": installationKey(testSecret), "idempotency-key": crypto.randomUUID() };
  const body = { id: "three", name: "Three" };
  expect((await call(`${stack.url}/installation/tenants`, "POST", body, headers)).status).toBe(201);
  await owner.query("update idempotency_keys set created_at = now() - interval '25 hours'");
  await runRetention(stack.api.services.db);
  expect((await owner.query("select * from idempotency_keys")).rows).toEqual([]);
});

test("browsers' sessions and operators' invitations go when they have run out", async () => {
  for (const [name, ends] of [
    ["past", "now() - interval '1 second'"],
    ["still", "now() + interval '1 hour'"],
  ]) {
    await owner.query(
      `insert into person_sessions (tenant_id, id, person_id, method, ip, user_agent, expires_at)
       values ('installation', gen_random_uuid(), gen_random_uuid(), 'password', '192.0.2.1', $1, ${ends})`,
      [name],
    );
    for (const { tenantId } of tenants)
      await owner.query(
        `insert into operator_invitations (tenant_id, id, email, role, hash, expires_at)
         values ($1, gen_random_uuid(), $2 || '@example.com', 'support', $2, ${ends})`,
        [tenantId, name],
      );
  }
  await runRetention(stack.api.services.db);
  const left = async (table: string, column: string) =>
    (await owner.query(`select ${column} as name from ${table}`)).rows.map(({ name }) => name);
  expect(await left("person_sessions", "user_agent")).toEqual(["still"]);
  expect(await left("operator_invitations", "hash")).toEqual(tenants.map(() => "still"));
});

test("caught mails go after a week, settled decisions after ninety days, what waits stays", async () => {
  const old = "now() - interval '91 days'";
  for (const status of ["sent", "waiting"])
    await owner.query(
      `insert into deliveries (tenant_id, id, cause, user_id, channel, kind, type, subject, status, epoch, created_at, updated_at)
       values ('one', gen_random_uuid(), $1, 'u', 'email', 'test', 't', 's', $1, 1, ${old}, ${old})`,
      [status],
    );
  await owner.query(
    `insert into caught_mails (tenant_id, id, delivery_id, recipient, subject, raw, caught_at)
     select 'one', gen_random_uuid(), gen_random_uuid(), 'a', i::text, '', now() - i * interval '1 day' from generate_series(6, 8, 2) i`,
  );
  await runRetention(stack.api.services.db);
  const left = await owner.query("select cause from deliveries where tenant_id = 'one' and kind = 'test'");
  expect(left.rows).toEqual([{ cause: "waiting" }]);
  expect((await owner.query("select subject from caught_mails")).rows).toEqual([{ subject: "6" }]);
});

test("of tasks and their files so many parts go at a time, and a task after its last part", async () => {
  const { db } = stack.api.services;
  const [{ tenantId }] = tenants as [TestTenant];
  await owner.query(
    `with task as (insert into tasks (tenant_id, id, kind, subject, status, started_by, finished_at)
       values ('one', gen_random_uuid(), 'export-user', 'ada', 'done', 'key', now() - interval '1 day') returning id)
     insert into task_parts (tenant_id, task_id, number, body) select 'one', id, n, 'x' from task, generate_series(1, 5) n`,
  );
  const left = async () =>
    (
      await owner.query(
        "select (select count(*)::int from tasks) as tasks, (select count(*)::int from task_parts) as parts",
      )
    ).rows[0];
  const steps = [];
  for (let gone = 2; gone === 2; steps.push(await left())) gone = await retainTasks(db, tenantId, new Date(), 2);
  expect(steps).toEqual([
    { tasks: 1, parts: 3 },
    { tasks: 1, parts: 1 },
    { tasks: 0, parts: 0 },
  ]);
});

test("what was cancelled goes after ninety days, and sends to many that ended, but for one of which somebody waits", async () => {
  const [one, two] = tenants as [TestTenant, TestTenant];
  const body = { type: "t", subject: "s", message: "m", userIds: ["ann"], scheduledFor: "2990-01-01T00:00:00Z" };
  const made: string[] = [];
  for (const tenant of [one, one, one, two])
    made.push((await tenant.key()<{ id: string }>("POST", "/Notifications/bulk", body)).body.id);
  const [old, young, waiting] = made;
  for (const [id, status] of [
    [old, "cancelled"],
    [young, "cancelled"],
    [waiting, "scheduled"],
  ])
    await owner.query(
      `insert into notifications (tenant_id, id, user_id, type, subject, message, status, batch_id, created_at)
       values ('one', gen_random_uuid(), 'ann', 't', 's', 'm', $2, $1, now())`,
      [id, status],
    );
  const end = (id: string | undefined, days: number) =>
    owner.query(
      `with b as (update notification_batches set status = 'done', finished_at = now() - $2::int * interval '1 day' where id = $1)
       update notifications set created_at = now() - $2::int * interval '1 day' where batch_id = $1`,
      [id, days],
    );
  for (const [id, days] of [
    [old, 91],
    [young, 89],
    [waiting, 91],
  ] as const)
    await end(id, days);
  await runRetention(stack.api.services.db);
  const ids = async (table: string, column: string) =>
    (await owner.query(`select ${column} as id from ${table} where ${column} = any ($1::uuid[])`, [made])).rows.map(
      ({ id }) => id,
    );
  expect(await ids("notification_batches", "id")).toEqual(expect.arrayContaining(made.slice(1)));
  expect(await ids("notification_batches", "id")).toHaveLength(3);
  expect((await ids("notifications", "batch_id")).sort()).toEqual([young, waiting].sort());
});

test("the audit log is kept for a year, or for as long as the tenant sets, in steps", async () => {
  const [one] = tenants as [TestTenant];
  const note = (tenant: string, days: number, count = 1) =>
    owner.query(
      `insert into audit_entries (tenant_id, id, at, actor_kind, actor_id, operation, outcome, request_id)
       select $1, gen_random_uuid(), now() - $2::int * interval '1 day', 'key', 'old', 'x.y', 'ok', $2 from generate_series(1, $3)`,
      [tenant, days, count],
    );
  for (const tenant of ["one", "two"]) for (const days of [29, 40, 364]) await note(tenant, days);
  await note("one", 366, 4500); // of more than two steps
  const kept = async () =>
    (
      await owner.query(
        "select tenant_id || ' ' || request_id as entry from audit_entries where actor_id = 'old' order by 1",
      )
    ).rows.map(({ entry }) => entry);
  await runRetention(stack.api.services.db);
  expect(await kept()).toEqual(["one 29", "one 364", "one 40", "two 29", "two 364", "two 40"]);
  const set = (auditDays: number) => one.key()("PATCH", "/admin/tenant", { settings: { retention: { auditDays } } });
  expect((await set(29)).status).toBe(400);
  expect((await set(30)).status).toBe(200);
  await runRetention(stack.api.services.db);
  expect(await kept()).toEqual(["one 29", "two 29", "two 364", "two 40"]);
});

test("the queue runs it as a job", async () => {
  await age("two", 1000);
  const worker = await startWorker(configFor(stack.database));
  await owner.query("select graphile_worker.add_job('retention')");
  await expect
    .poll(async () => (await owner.query("select count(*)::int as n from events where tenant_id = 'two'")).rows[0].n, {
      timeout: 20_000,
    })
    .toBe(0);
  await worker.close();
});
