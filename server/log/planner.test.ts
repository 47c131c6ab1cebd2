import { Client } from "pg";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import type { TenantId } from "../auth/principal.ts";
import { insertDeliveries, mailJob } from "../domain/deliveries/store.ts";
import { createTenant } from "../domain/tenants/make-tenant.ts";
import { consumers } from "../jobs/consumers.ts";
import { type Database, openDatabase } from "../persistence/database.ts";
import { unitOfWork } from "../persistence/unit-of-work.ts";
import { createTestDatabase, type TestDatabase } from "../testing/postgres.ts";
import { type Consumer, Planner } from "./planner.ts";
import { findBehind } from "./store.ts";

let database: TestDatabase;
let db: Database;
let owner: Client;
let tenantId: TenantId;
let made = 0;

beforeAll(async () => {
  database = await createTestDatabase();
  db = openDatabase({ url: database.runtimeUrl });
  owner = new Client({ connectionString: database.ownerUrl });
  await owner.connect();
});
afterAll(async () => {
  await Promise.all([db.close(), owner.end()]);
  await database.drop();
});
beforeEach(async () => {
  ({ tenantId } = await createTenant(db, "secret", { id: `plan-${made++}`, name: "Plan" }));
});

/** Notifications with their events, as their noun makes them. */
async function notify(count: number, to: TenantId = tenantId): Promise<void> {
  const { rows } = await owner.query<{ id: string; user_id: string }>(
    `insert into notifications (tenant_id, id, user_id, type, subject, message, email, status, created_at)
     select $1, gen_random_uuid(), 'user-' || i, 'Welcome', 'Hello', 'Hello there', 'user-' || i || '@example.com', 'visible', now()
     from generate_series(1, $2::int) i returning id, user_id`,
    [to, count],
  );
  for (let at = 0; at < rows.length; at += 500)
    await unitOfWork(db, to, async ({ lockHead, emit }) => {
      await lockHead();
      for (const { id, user_id } of rows.slice(at, at + 500))
        emit({ type: "notification.created", userId: user_id, payload: { id, type: "Welcome" } });
    });
}

const planner = (options: Partial<ConstructorParameters<typeof Planner>[0]> = {}) =>
  new Planner({ db, consumers, onError: fail, ...options });
const fail = (error: unknown) => {
  throw error;
};

async function state(of: TenantId = tenantId) {
  const one = async (sql: string) => (await owner.query<{ n: number }>(sql, [of])).rows[0]?.n;
  return {
    mails: await one(
      "select count(*)::int as n from deliveries where tenant_id = $1 and channel = 'email' and status = 'queued'",
    ),
    inbox: await one(
      "select count(*)::int as n from deliveries where tenant_id = $1 and channel = 'inApp' and status = 'sent'",
    ),
    jobs: await one("select count(*)::int as n from graphile_worker._private_jobs where key = 'mail:' || $1"),
    left: await one(
      "select (l.position - coalesce(c.position, 0))::int as n from tenant_log l left join planner_cursors c using (tenant_id) where tenant_id = $1",
    ),
  };
}

test("several workers at once plan each effect once, of tenants side by side", async () => {
  const { tenantId: other } = await createTenant(db, "secret", { id: `plan-${made++}`, name: "Plan" });
  const dbs = [db, openDatabase({ url: database.runtimeUrl })];
  const planners = [0, 1, 0, 1].map((i) => planner({ db: dbs[i] as Database, limit: 40 }));
  const writing = Promise.all([notify(700), notify(300, other)]);
  let done = false;
  void writing.then(() => {
    done = true;
  });
  while (!done) await Promise.all(planners.flatMap((each) => [each.plan(tenantId), each.plan(other)]));
  await Promise.all(planners.map((each) => each.plan(tenantId)));
  await Promise.all(planners.map((each) => each.plan(other)));
  expect(await state()).toEqual({ mails: 700, inbox: 700, jobs: 1, left: 0 });
  expect(await state(other)).toEqual({ mails: 300, inbox: 300, jobs: 1, left: 0 });
  await dbs[1]?.close();
});

test("what fails between any two steps leaves nothing, and nothing is planned twice afterwards", async () => {
  await notify(10);
  const steps = ["claimed", "wrote effects", "enqueued jobs", "moved the cursor"];
  for (const name of steps) {
    const failing = planner({
      onError: () => {},
      step: (at) => {
        if (at === `planner ${name}`) throw new Error(name);
      },
    });
    await failing.plan(tenantId);
    expect(await state(), name).toEqual({ mails: 0, inbox: 0, jobs: 0, left: 10 });
  }
  await planner().plan(tenantId);
  await owner.query("update planner_cursors set position = 0 where tenant_id = $1", [tenantId]);
  await planner().plan(tenantId);
  expect(await state()).toEqual({ mails: 10, inbox: 10, jobs: 1, left: 0 });
});

test("a poll finds what no wake-up told, and rests when there is nothing", async () => {
  await notify(3);
  let passes = 0;
  const polled = planner({ step: (at) => void (at === "planner committed" && passes++) });
  await polled.poll();
  await expect.poll(() => state()).toEqual({ mails: 3, inbox: 3, jobs: 1, left: 0 });
  const before = passes;
  await polled.poll();
  await polled.close();
  expect(passes).toBe(before);
});

test("a worker that starts leaves the tenants alone whose logs are planned", async () => {
  await notify(2);
  await planner().plan(tenantId);
  const names = consumers.map(({ name }) => name);
  for (const of of await findBehind(db.pool, names)) await planner().plan(of);
  const { tenantId: fresh } = await createTenant(db, "secret", { id: `plan-${made++}`, name: "Plan" });
  const looks: string[] = [];
  const started = planner({ step: (at) => void looks.push(at) });
  await started.poll();
  await expect.poll(() => findBehind(db.pool, names)).toEqual([]);
  await started.close();
  expect(looks).toEqual(consumers.map(() => "planner committed")); // of the new one
  expect((await owner.query("select from planner_cursors where tenant_id = $1", [fresh])).rowCount).toBe(names.length);
  await owner.query("update tenant_log set epoch = epoch + 1 where tenant_id = $1", [tenantId]);
  expect(await findBehind(db.pool, names)).toEqual([tenantId]);
});

describe("a wide event", () => {
  const audience = Array.from({ length: 2500 }, (_, i) => `u-${String(i).padStart(5, "0")}`);
  const wide: Consumer = {
    name: "wide",
    types: ["chat.updated"],
    plan: async ({ tx, tenantId: of, events: [event], after, epoch }) => {
      if (!event) return { jobs: [] };
      const rest = audience.filter((user) => after === undefined || user > after);
      const some = rest.slice(0, 1000);
      const delivery = {
        channel: "email",
        kind: "test",
        type: "Wide",
        subject: "Wide",
        status: "queued",
        epoch,
      } as const;
      const rows = some.map((userId) => ({ ...delivery, cause: `event:${event.position}`, userId }));
      await insertDeliveries(tx, of, rows);
      const last = some.at(-1);
      const stopped = rest.length > some.length && last ? { position: event.position, after: last } : undefined;
      // Of more events than one the next call sees the others.
      return { jobs: [mailJob(of)], stopped: stopped ?? undefined };
    },
  };

  test("goes on by recipient, also after a failure in the middle", async () => {
    await unitOfWork(db, tenantId, async ({ lockHead, emit }) => {
      await lockHead();
      emit({ type: "member.updated", payload: {} });
      emit({ type: "chat.updated", payload: {} });
      emit({ type: "member.updated", payload: {} });
    });
    let commits = 0;
    const failing = planner({
      consumers: [wide],
      onError: () => {},
      step: (at) => {
        if (at === "planner moved the cursor" && ++commits === 2) throw new Error("in the middle");
      },
    });
    await failing.plan(tenantId);
    const cursor = () =>
      owner.query("select position::int, recipient from planner_cursors where tenant_id = $1", [tenantId]);
    expect((await cursor()).rows).toEqual([{ position: 1, recipient: audience[999] }]);
    await planner({ consumers: [wide] }).plan(tenantId);
    expect((await cursor()).rows).toEqual([{ position: 3, recipient: null }]);
    const { rows } = await owner.query("select user_id from deliveries where tenant_id = $1 order by user_id", [
      tenantId,
    ]);
    expect(rows.map((row) => row.user_id)).toEqual(audience);
  });
});

test("after a change of epoch older effects wait for an operator, newer ones do not", async () => {
  await notify(2);
  await planner().plan(tenantId);
  await notify(3);
  await owner.query("update tenant_log set epoch = epoch + 1 where tenant_id = $1", [tenantId]);
  await planner().plan(tenantId);
  await notify(4);
  await planner().plan(tenantId);
  const { rows } = await owner.query(
    "select status, count(*)::int as n from deliveries where tenant_id = $1 and channel = 'email' group by status order by status",
    [tenantId],
  );
  expect(rows).toEqual([
    { status: "queued", n: 6 },
    { status: "waiting", n: 3 },
  ]);
});

test("a consumer that fails stops neither another consumer nor another tenant", async () => {
  await notify(1);
  const errors: unknown[] = [];
  const broken: Consumer = {
    name: "broken",
    types: ["notification.created"],
    plan: () => Promise.reject(new Error("x")),
  };
  await planner({ consumers: [broken, ...consumers], onError: (error) => void errors.push(error) }).plan(tenantId);
  expect(errors).toHaveLength(1);
  expect((await owner.query("select 1 from deliveries where tenant_id = $1", [tenantId])).rowCount).toBe(2);
});

test("logs that are far behind take turns with those of others", async () => {
  const behind = await Promise.all(
    [1, 2, 3].map(() => createTenant(db, "secret", { id: `plan-${made++}`, name: "Behind" })),
  );
  await Promise.all(behind.map((each) => notify(12, each.tenantId)));
  await notify(1);
  const planned: TenantId[] = [];
  const counted: Consumer = {
    name: "counted",
    types: ["notification.created"],
    plan: async ({ tenantId: of }) => {
      planned.push(of);
      return { jobs: [] };
    },
  };
  const fair = planner({ consumers: [counted], limit: 1 });
  for (const { tenantId: of } of behind) fair.wake(of);
  fair.wake(tenantId);
  await expect.poll(() => planned.length, { timeout: 30_000 }).toBe(37);
  await fair.close();
  const lastOf = behind.map((each) => planned.lastIndexOf(each.tenantId));
  expect(planned.indexOf(tenantId)).toBeLessThan(Math.min(...lastOf));
});
