import { setTimeout as sleep } from "node:timers/promises";
import pg from "pg";
import { afterAll, afterEach, beforeAll, expect, test, vi } from "vitest";
import { enqueueJobs } from "../persistence/jobs.ts";
import { tenantTransaction } from "../persistence/prisma.ts";
import { configFor, type Stack, startStack, type TestTenant } from "../testing/stack.ts";
import { DueLoop } from "./due-loop.ts";
import { startWorker } from "./worker.ts";

let stack: Stack;
let tenant: TestTenant;
let owner: pg.Client;

beforeAll(async () => {
  stack = await startStack();
  tenant = await stack.tenant("acme");
  await tenant.key()("PATCH", "/admin/tenant", { settings: { notifications: { channels: { email: true } } } });
  owner = new pg.Client({ connectionString: stack.database.ownerUrl });
  await owner.connect();
});
afterEach(() => {
  vi.useRealTimers();
});
afterAll(async () => {
  await owner.end();
  await stack.close();
});

async function schedule(): Promise<string> {
  const scheduledFor = new Date(Date.now() + 20 * 60_000).toISOString();
  const body = { userId: "ada", subject: "s", message: "m", scheduledFor, email: "ada@example.com" };
  return (await tenant.key()<{ id: string }>("POST", "/Notifications", body)).body.id;
}

/** A mail that waits for a time that has come, and the job that is to let it go. */
async function holdMail(): Promise<string> {
  const { rows } = await owner.query<{ id: string }>(
    `insert into deliveries (tenant_id, id, cause, user_id, channel, kind, type, subject, status, rule, address, held_until, epoch, updated_at)
     values ('acme', gen_random_uuid(), gen_random_uuid()::text, 'ada', 'email', 'notification', 'News', 's', 'held', 'quiet_hours', 'ada@example.com',
       clock_timestamp() - interval '1 second', 0, now()) returning id`,
  );
  const job = { task: "digests", payload: { tenantId: tenant.tenantId } };
  await tenantTransaction(stack.api.services.db.prisma, tenant.tenantId, (tx) => enqueueJobs(tx, [job]));
  return rows[0]?.id ?? "";
}

test("a send to many that another worker is at is looked at again in a while, not all the time", async () => {
  const { db } = stack.api.services;
  const body = { userIds: ["ada"], subject: "s", message: "m", scheduledFor: "2990-01-01T00:00:00Z" };
  const { id } = (await tenant.key()<{ id: string }>("POST", "/Notifications/bulk", body)).body;
  await owner.query("update notification_batches set due_at = now(), scheduled_for = now() where id = $1", [id]);
  await owner.query("update tenant_dues set due_at = now() where kind = 'batches'");
  const looks: number[] = [];
  const { query } = db.pool;
  const spy = vi.spyOn(db.pool, "query").mockImplementation(((...asked: Parameters<typeof query>) => {
    if ((asked[0] as unknown as { name?: string }).name === "batch_step_v3") looks.push(performance.now());
    return query.apply(db.pool, asked);
  }) as never);
  await owner.query("begin");
  await owner.query("select from notification_batches where id = $1 for update", [id]);
  const loop = new DueLoop({ db, onError: () => {} });
  await expect.poll(() => looks.length, { interval: 5, timeout: 20_000 }).toBeGreaterThanOrEqual(4);
  const [first = 0, , , fourth = 0] = looks;
  expect(fourth - first).toBeGreaterThan(250);
  await owner.query("commit");
  const status = async () => (await owner.query("select status from notification_batches where id = $1", [id])).rows[0];
  await expect.poll(status, { timeout: 20_000 }).toEqual({ status: "done" });
  await loop.close();
  spy.mockRestore();
});

test("many sends to many of one tenant keep another one's waiting no longer than a few of them take", async () => {
  const { db } = stack.api.services;
  const other = await stack.tenant("globex");
  const later = { userIds: ["ada"], subject: "s", message: "m", scheduledFor: "2990-01-01T00:00:00Z" };
  for (let i = 0; i < 20; i++) await tenant.key()("POST", "/Notifications/bulk", later);
  await other.key()("POST", "/Notifications/bulk", later);
  const makeDue = async (tenantId: string) => {
    await owner.query(
      "update notification_batches set due_at = now(), scheduled_for = now() where tenant_id = $1 and status <> 'done'",
      [tenantId],
    );
    await owner.query("update tenant_dues set due_at = now() where kind = 'batches' and tenant_id = $1", [tenantId]);
  };
  const steps: unknown[] = [];
  const { query } = db.pool;
  const spy = vi.spyOn(db.pool, "query").mockImplementation((async (...asked: Parameters<typeof query>) => {
    const { name, values } = asked[0] as unknown as { name?: string; values?: unknown[] };
    if (name !== "batch_step_v3") return query.apply(db.pool, asked);
    steps.push(values?.[0]);
    if (steps.length === 1) await makeDue(other.tenantId);
    await sleep(100); // a step of many recipients
    return query.apply(db.pool, asked);
  }) as never);
  await makeDue(tenant.tenantId);
  const loop = new DueLoop({ db, onError: () => {} });
  const undone = async () => (await owner.query("select from notification_batches where status <> 'done'")).rowCount;
  await expect.poll(undone, { timeout: 20_000 }).toBe(0);
  await loop.close();
  spy.mockRestore();
  expect(steps).toHaveLength(21);
  expect(steps.indexOf(other.tenantId)).toBeLessThan(12);
});

/** So many tenants that are due since long ago and whose steps always fail, after `hang` ms; and when each was tried. */
async function fail(count: number, { hang = 0, error = new Error("always") } = {}) {
  await owner.query(
    "insert into tenant_dues select 'bad-' || n, 'notifications', now() - interval '1 hour' from generate_series(1, $1::int) n",
    [count],
  );
  const { db } = stack.api.services;
  const { query } = db.pool;
  const tries: { of: string; at: number }[] = [];
  const spy = vi.spyOn(db.pool, "query").mockImplementation(((...asked: Parameters<typeof query>) => {
    const { name, values: [of] = [] } = asked[0] as unknown as { name?: string; values?: string[] };
    if (name !== "due_notifications_v1" || !of?.startsWith("bad-")) return query.apply(db.pool, asked);
    tries.push({ of, at: performance.now() });
    return sleep(hang).then(() => Promise.reject(error));
  }) as never);
  const end = async () => {
    spy.mockRestore();
    await owner.query("delete from tenant_dues where tenant_id like 'bad-%'");
  };
  return { tries, end };
}

test("tenants whose steps always fail, however many and for however long, keep nobody else waiting", async () => {
  const id = await schedule();
  await owner.query("update notifications set scheduled_for = clock_timestamp() where id = $1", [id]);
  await owner.query("update tenant_dues set due_at = clock_timestamp() where tenant_id = 'acme'");
  const { tries, end } = await fail(1200);
  const loop = new DueLoop({ db: stack.api.services.db, onError: () => {}, patience: 60_000 });
  const status = async () => (await owner.query("select status from notifications where id = $1", [id])).rows[0];
  try {
    await expect.poll(status).toEqual({ status: "visible" });
    expect(new Set(tries.map(({ of }) => of)).size).toBe(tries.length);
  } finally {
    await loop.close();
    await end();
  }
});

test("whoever becomes due waits for a few of those whose steps hang and have done so before, not for all of them", async () => {
  const id = await schedule();
  const { tries, end } = await fail(60, { hang: 100 });
  const loop = new DueLoop({ db: stack.api.services.db, onError: () => {}, patience: 1 });
  const status = async () => (await owner.query("select status from notifications where id = $1", [id])).rows[0];
  try {
    await expect.poll(() => tries.length, { interval: 5, timeout: 20_000 }).toBeGreaterThanOrEqual(64);
    const before = tries.length;
    await owner.query("update notifications set scheduled_for = clock_timestamp() where id = $1", [id]);
    await owner.query("update tenant_dues set due_at = clock_timestamp() where tenant_id = 'acme'");
    await expect.poll(status, { interval: 5, timeout: 20_000 }).toEqual({ status: "visible" });
    expect(tries.length - before).toBeLessThanOrEqual(24);
  } finally {
    await loop.close();
    await end();
  }
}, 60_000);

test("a tenant whose steps go on failing is left alone for longer each time", async () => {
  const { tries, end } = await fail(1);
  const loop = new DueLoop({ db: stack.api.services.db, onError: () => {}, patience: 100 });
  await expect.poll(() => tries.length, { timeout: 20_000 }).toBeGreaterThanOrEqual(4);
  await loop.close();
  await end();
  const [first = 0, second = 0, third = 0, fourth = 0] = tries.map(({ at }) => at);
  expect(second - first).toBeGreaterThan(90);
  expect(third - second).toBeGreaterThan(190);
  expect(fourth - third).toBeGreaterThan(390);
});

test("a server that takes no changes for a while is asked again as often as at first: it is no tenant's fault", async () => {
  const error = Object.assign(new Error("cannot execute in a read-only transaction"), { code: "25006" });
  const { tries, end } = await fail(1, { error });
  const loop = new DueLoop({ db: stack.api.services.db, onError: () => {}, patience: 50, pause: 5 });
  const began = performance.now();
  await expect.poll(() => tries.length, { interval: 20, timeout: 20_000 }).toBeGreaterThanOrEqual(8);
  await loop.close();
  await end();
  // Twice as long each time would be 50 · (1 + 2 + 4 + 8 + 12 + 12 + 12).
  expect((tries[7]?.at ?? 0) - began).toBeLessThan(2000);
});

test("what is sent, put off or sent again by a node whose clock is an hour fast comes by Postgres' clock all the same", async () => {
  const [key, ben] = [tenant.key(), tenant.as("ben")];
  const soon = new Date(Date.now() + 20 * 60_000).toISOString();
  const said = { userId: "ben", subject: "s", message: "m" };
  const lasting = (await key<{ id: string }>("POST", "/Notifications", said)).body.id;
  const mail = await holdMail();
  await owner.query("update deliveries set status = 'sent' where id = $1", [mail]);
  const dueOf = async (table: string, id: string) =>
    (await owner.query(`select due_at <= clock_timestamp() as now from ${table} where id = $1`, [id])).rows[0]?.now;
  vi.useFakeTimers({ toFake: ["Date"], now: Date.now() + 3_600_000 });

  const later = await key("POST", "/Notifications", { ...said, scheduledFor: soon });
  expect(later.body).toMatchObject({ status: "scheduled" });
  expect(await key("POST", "/Notifications", { ...said, expiresAt: soon })).toMatchObject({ status: 201 });
  expect(await ben("PUT", `/Notifications/${lasting}/snooze`, { until: soon })).toMatchObject({ status: 200 });
  const listed = async (query: string) =>
    (await ben<{ data: { id: string }[] }>("GET", `/Notifications${query}`)).body.data.map(({ id }) => id);
  expect(await listed("?snoozed=true")).toEqual([lasting]);
  expect(await listed("")).not.toContain(lasting);
  expect((await ben("GET", "/Notifications/unread-count")).body).toMatchObject({ unreadCount: 1 });

  await key("POST", `/admin/deliveries/${mail}/resend`);
  expect(await dueOf("deliveries", mail)).toBe(true);
  const to = Array.from({ length: 60 }, (_, i) => `many${i}`);
  const many = await key<{ id: string }>("POST", "/Notifications/bulk", { userIds: to, subject: "s", message: "m" });
  expect(many.body).toMatchObject({ status: "running" });
  const due = "select due_at is null or due_at <= clock_timestamp() as now from notification_batches where id = $1";
  expect((await owner.query(due, [many.body.id])).rows).toEqual([{ now: true }]);
});

test("webhooks that a node an hour fast writes or sends again are due at once, and what it lets go goes at once", async () => {
  const key = tenant.key();
  const hook = { url: "http://127.0.0.1:9/", types: ["notification.created"] };
  const { id: endpoint } = (await key<{ id: string }>("POST", "/admin/webhooks", hook)).body;
  const held = await holdMail();
  await owner.query("update deliveries set held_until = clock_timestamp() + interval '2 hours' where id = $1", [held]);
  vi.useFakeTimers({ toFake: ["Date"], now: Date.now() + 3_600_000 });
  const sample = { type: "notification.created" };
  const sent = await key<{ webhookDeliveryId: string }>("POST", `/admin/webhooks/${endpoint}/sample`, sample);
  const { webhookDeliveryId: id } = sent.body;
  const isDue = async (table: string, column: string, which: string) =>
    (await owner.query(`select ${column} <= clock_timestamp() as now from ${table} where id = $1`, [which])).rows;
  expect(await isDue("webhook_deliveries", "due_at", id)).toEqual([{ now: true }]);
  expect(await key("POST", `/admin/webhooks/${endpoint}/deliveries/${id}/resend`)).toMatchObject({ status: 200 });
  expect(await isDue("webhook_deliveries", "due_at", id)).toEqual([{ now: true }]);
  expect(await tenant.as("ada")("PUT", "/preferences", { pause: "none" })).toMatchObject({ status: 200 });
  expect(await isDue("deliveries", "held_until", held)).toEqual([{ now: true }]);
  await key("DELETE", `/admin/webhooks/${endpoint}`);
});

test("what is said about mail at a node an hour slow counts for the mail that is on its way", async () => {
  const key = tenant.key();
  const category = "/admin/categories/Slow";
  vi.useFakeTimers({ toFake: ["Date"], now: Date.now() - 3_600_000 });
  const counts = async (from: string) =>
    (
      await owner.query(
        `select bool_and(at > clock_timestamp() - interval '10 minutes') as now from (${from}) as r (at)`,
      )
    ).rows[0]?.now;
  const choice = { categories: [{ type: "Slow", email: "off" }], pause: "hour" };
  expect(await tenant.as("ben")("PUT", "/preferences", choice)).toMatchObject({ status: 200 });
  expect(await counts("select updated_at from preferences union all select updated_at from preference_timings")).toBe(
    true,
  );
  expect(await counts("select paused_until - interval '55 minutes' from preference_timings")).toBe(true);
  expect(await key("PUT", category, { title: "Slow", channels: ["inApp"] })).toMatchObject({ status: 200 });
  expect(await counts("select updated_at from categories")).toBe(true);
  const rules = () => counts("select rules_at from tenants where id = 'acme'");
  const settings = { notifications: { digest: { every: "hourly" } } };
  expect(await key("PATCH", "/admin/tenant", { settings })).toMatchObject({ status: 200 });
  expect(await rules()).toBe(true);
  await owner.query("update tenants set rules_at = '2000-01-01' where id = 'acme'");
  expect(await key("DELETE", category)).toMatchObject({ status: 200 });
  expect(await rules()).toBe(true);
  await key("PATCH", "/admin/tenant", { settings: { notifications: { digest: null } } });
});

test.each([
  ["fast", 3_600_000],
  ["slow", -3_600_000],
])(
  "what waits for a time comes at that time by Postgres' clock, also when a worker's is an hour %s",
  async (_, off) => {
    const [due, later] = [await schedule(), await schedule()];
    await owner.query(
      "update notifications set scheduled_for = clock_timestamp() - interval '1 second' where id = $1",
      [due],
    );
    await owner.query("update tenant_dues set due_at = clock_timestamp() - interval '1 second'");
    const mail = await holdMail();
    vi.useFakeTimers({ toFake: ["Date"], now: Date.now() + off });
    const worker = await startWorker(configFor(stack.database));
    const mailOf = async (id: string) =>
      (await owner.query("select status from deliveries where notification_id = $1 and channel = 'email'", [id])).rows;
    const statusOf = async (table: string, id: string) =>
      (await owner.query(`select status from ${table} where id = $1`, [id])).rows[0]?.status;
    try {
      await expect.poll(() => statusOf("notifications", due), { timeout: 20_000 }).toBe("visible");
      await expect.poll(() => statusOf("deliveries", mail), { timeout: 20_000 }).not.toBe("held");
      expect(await statusOf("notifications", later)).toBe("scheduled");
      // It is worked at once, even if only to find that there is no server to send it.
      await expect
        .poll(() => mailOf(due), { timeout: 20_000 })
        .toMatchObject([{ status: expect.stringMatching(/^(?!queued)/) }]);
    } finally {
      vi.useRealTimers();
      await worker.close();
    }
  },
  60_000,
);
