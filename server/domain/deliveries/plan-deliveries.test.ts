import pg from "pg";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { TenantId } from "../../auth/principal.ts";
import { Planner } from "../../log/planner.ts";
import { type Database, openDatabase } from "../../persistence/database.ts";
import { tenantTransaction } from "../../persistence/prisma.ts";
import { unitOfWork } from "../../persistence/unit-of-work.ts";
import { notify } from "../../testing/notify.ts";
import { createTestDatabase, type TestDatabase } from "../../testing/postgres.ts";
import { sessionsWaiting } from "../../testing/sessions-waiting.ts";
import { readdressHeld } from "../digests/store.ts";
import { changePreferences } from "../preferences/change-preferences.ts";
import { createTenant } from "../tenants/make-tenant.ts";
import { planDeliveries } from "./plan-deliveries.ts";

// Recipients of one portion of the log who have nothing in common: each gets the decision that is theirs.

let database: TestDatabase;
let db: Database;
let owner: pg.Client;

beforeAll(async () => {
  database = await createTestDatabase();
  db = openDatabase({ url: database.runtimeUrl });
  owner = new pg.Client({ connectionString: database.ownerUrl });
  await owner.connect();
});
afterAll(async () => {
  await Promise.all([db.close(), owner.end()]);
  await database.drop();
});

const clock = (ms: number) => new Date(Date.now() + ms).toISOString().slice(11, 16);
const hour = 3_600_000;
const onError = (error: unknown) => {
  throw error;
};
const mailOf = (userId: string) => `${userId}@example.com`;

/** Who is told, what each has chosen, and what is to become of their mail. */
const people = {
  anna: ["queued", "asked", "anna@example.com"],
  ben: ["queued", "asked", "ben@example.com"],
  off: ["preference", "preference", "off@example.com"],
  nothing: ["preference", "preference", "nothing@example.com"],
  except: ["queued", "chosen", "except@example.com"],
  quiet: ["held", "quiet_hours", "quiet@example.com"],
  paused: ["held", "paused", "paused@example.com"],
  daily: ["folded", "digest", "daily@example.com"],
  unasked: ["not_asked", "default", null],
  profile: ["queued", "chosen", "of-the-profile@example.com"],
  nowhere: ["no_address", "address", null],
  read: ["read_first", "read", "read@example.com"],
  archived: ["read_first", "archived", "archived@example.com"],
  snoozed: ["held", "snoozed", "snoozed@example.com"],
  late: ["expired", "expired", "late@example.com"],
  gone: ["cancelled", "deleted", null],
  filed: ["queued", "asked", "filed@example.com"],
} as const;

async function choose(t: TenantId): Promise<void> {
  await owner.query(
    `insert into preferences (tenant_id, user_id, type, channel, enabled) values ($1, 'off', 'Welcome', 'email', false), ($1, 'nothing', '*', 'email', false),
      ($1, 'except', '*', 'email', false), ($1, 'except', 'Welcome', 'email', true), ($1, 'profile', 'Welcome', 'email', true), ($1, 'filed', 'Welcome', 'inApp', false),
      ($1, 'nowhere', 'Welcome', 'email', true), ($1, 'anna', 'Other', 'email', false)`,
    [t],
  );
  await owner.query(
    `insert into preference_timings (tenant_id, user_id, timezone, quiet, quiet_from, quiet_to, digest_every, paused_until) values
      ($1, 'quiet', null, true, $2, $3, null, null), ($1, 'daily', 'UTC', null, null, null, 'daily', null), ($1, 'paused', 'UTC', null, null, null, null, $4)`,
    [t, clock(8 * hour), clock(10 * hour), new Date(Date.now() + hour)], // in Tokyo
  );
  await owner.query(
    `insert into users (tenant_id, id, email, timezone) values
      ($1, 'profile', 'of-the-profile@example.com', null), ($1, 'quiet', null, 'Asia/Tokyo')`,
    [t],
  );
}

async function tell(t: TenantId): Promise<void> {
  const silent = ["unasked", "profile", "nowhere", "gone", "filed"];
  const names = Object.keys(people).filter((name) => name !== "gone" && name !== "filed");
  await notify(
    db,
    t,
    names.map((userId) => ({
      userId,
      ...(silent.includes(userId) ? {} : { email: mailOf(userId) }),
      ...(userId === "read" ? { readAt: new Date() } : {}),
      ...(userId === "archived" ? { archivedAt: new Date() } : {}),
      ...(userId === "snoozed" ? { snoozedUntil: new Date(Date.now() + hour) } : {}),
      ...(userId === "late" ? { expiresAt: new Date(Date.now() - 1) } : {}),
    })),
  );
  await unitOfWork(db, t, async ({ tx, lockHead, emit }) => {
    const position = (await lockHead()) + 1;
    const [id, now] = [crypto.randomUUID(), new Date()];
    const text = { type: "Welcome", subject: "Hello", message: "Hello there", status: "visible", createdAt: now };
    await tx.notification.create({
      data: {
        ...text,
        tenantId: t,
        id,
        userId: "filed",
        email: mailOf("filed"),
        position,
        visibleAt: now,
        readAt: now,
      },
    });
    emit({
      type: "notification.updated",
      userId: "filed",
      payload: { id, type: "Welcome" },
      internal: { filed: true },
    });
    emit({ type: "notification.created", userId: "gone", payload: { id: crypto.randomUUID(), type: "Welcome" } });
    // Of one that is there: nothing new.
    emit({ type: "notification.updated", userId: "anna", payload: { id, type: "Welcome" } });
  });
}

test.each([{ limit: 1000 }, { limit: 4 }])("each has a decision of their own, $limit at a time", async ({ limit }) => {
  const { tenantId } = await createTenant(db, "secret", { id: `decide-${limit}`, name: "Decide" });
  await choose(tenantId);
  await tell(tenantId);
  await new Planner({ db, consumers: [planDeliveries], onError, limit }).plan(tenantId);
  const { rows } = await owner.query<{ user_id: string; status: string; rule: string; address: string | null }>(
    "select user_id, status, rule, address from deliveries where tenant_id = $1 and channel = 'email' and type = 'Welcome'",
    [tenantId],
  );
  expect(Object.fromEntries(rows.map((row) => [row.user_id, [row.status, row.rule, row.address]]))).toEqual(people);
  const { rows: inbox } = await owner.query<{ status: string; n: number }>(
    "select status, count(*)::int as n from deliveries where tenant_id = $1 and channel = 'inApp' group by status order by status",
    [tenantId],
  );
  // What was read is in the inbox all the same.
  expect(inbox).toEqual([
    { status: "cancelled", n: 1 },
    { status: "expired", n: 1 },
    { status: "preference", n: 1 },
    { status: "sent", n: 14 },
  ]);
  const jobs = await owner.query("select 1 from graphile_worker._private_jobs where key = $1", [`mail:${tenantId}`]);
  expect(jobs.rowCount).toBe(1);
});

test("what is planned late of before a restore is of before, held and folded too: it waits for an operator when its time comes", async () => {
  const { tenantId } = await createTenant(db, "secret", { id: "restored", name: "Restored" });
  const plan = () => new Planner({ db, consumers: [planDeliveries], onError }).plan(tenantId);
  const tellThem = () =>
    notify(
      db,
      tenantId,
      ["quiet", "daily"].map((userId) => ({ userId, email: mailOf(userId) })),
    );
  await plan();
  await choose(tenantId);
  await tellThem();
  await owner.query("update tenant_log set epoch = epoch + 1 where tenant_id = $1", [tenantId]);
  await tellThem();
  await plan();
  await tellThem();
  await plan();
  const { rows } = await owner.query(
    `select d.status, d.epoch = log_epoch_v1(l.epoch) as present, count(*)::int as n from deliveries d join tenant_log l on l.tenant_id = d.tenant_id
     where d.tenant_id = $1 and d.channel = 'email' group by 1, 2 order by 1, 2`,
    [tenantId],
  );
  expect(rows).toEqual([
    { status: "folded", present: false, n: 2 },
    { status: "folded", present: true, n: 1 },
    { status: "held", present: false, n: 2 },
    { status: "held", present: true, n: 1 },
  ]);
});

test("who ends a pause while what it holds is being decided gets it now, not at its old end", async () => {
  const { tenantId } = await createTenant(db, "secret", { id: "ended-pause", name: "Pause" });
  const change = (pause: "week" | "none") =>
    tenantTransaction(db.prisma, tenantId, (tx) =>
      changePreferences(tx, tenantId, "max", { changes: { pause }, now: Date.now() }),
    );
  const consumers = [planDeliveries];
  await notify(db, tenantId, [{ userId: "anna" }]);
  await new Planner({ db, consumers, onError }).plan(tenantId);
  await change("week");
  await notify(db, tenantId, [{ userId: "max", email: mailOf("max") }]);
  let ended: Promise<void> | undefined;
  const step = async (name: string) => {
    if (name !== "planner wrote effects") return;
    ended = change("none");
    await expect.poll(() => sessionsWaiting(owner), { timeout: 20_000 }).toBe(1);
  };
  await new Planner({ db, consumers, onError, step }).plan(tenantId);
  await ended;
  const { rows } = await owner.query(
    "select status, held_until <= clock_timestamp() as now from deliveries where tenant_id = $1 and channel = 'email' and user_id = 'max'",
    [tenantId],
  );
  expect(rows).toEqual([{ status: "held", now: true }]);
});

test("who changes their mind while a send is being decided changes nothing for others who had said the same", async () => {
  const { tenantId } = await createTenant(db, "secret", { id: "sample", name: "Sample" });
  const errors: unknown[] = [];
  const planner = new Planner({ db, consumers: [planDeliveries], onError: (error) => errors.push(error) });
  await notify(db, tenantId, [{ userId: "anna" }]);
  await planner.plan(tenantId);
  const choose = (userId: string, changes: Parameters<typeof changePreferences>[3]["changes"]) =>
    tenantTransaction(db.prisma, tenantId, (tx) =>
      changePreferences(tx, tenantId, userId, { changes, now: Date.now() }),
    );
  const [no, yes] = (["off", "on"] as const).map((email) => ({ categories: [{ type: "Welcome", email }] }));
  for (const userId of ["no-1", "no-2"]) await choose(userId, no ?? {});
  for (const userId of ["daily-1", "daily-2"]) await choose(userId, { digest: { every: "daily" } });
  const told = ["yes-1", "yes-2", "no-1", "no-2", "daily-1", "daily-2"];
  await notify(
    db,
    tenantId,
    told.map((userId) => ({ userId, email: mailOf(userId) })),
  );
  // What is asked for after the groups are made, and not for them.
  const other = new pg.Client({ connectionString: database.ownerUrl });
  await other.connect();
  await other.query("begin");
  await other.query("lock table categories in access exclusive mode");
  const plan = planner.plan(tenantId);
  await expect.poll(() => sessionsWaiting(owner), { timeout: 20_000 }).toBe(1);
  await choose("yes-1", no ?? {});
  await choose("no-1", yes ?? {});
  await choose("daily-1", { digest: { every: "weekly" } });
  await other.query("commit");
  await other.end();
  await plan;
  expect(errors).toEqual([]);
  const { rows } = await owner.query<{ user_id: string; status: string; until: boolean }>(
    `select user_id, status, held_until < clock_timestamp() + interval '25 hours' as until from deliveries
     where tenant_id = $1 and channel = 'email' and user_id <> 'anna'`,
    [tenantId],
  );
  const decided = Object.fromEntries(rows.map(({ user_id, status, until }) => [user_id, [status, until]]));
  for (const [userId, status, until] of [
    ["yes-2", "queued", null],
    ["no-2", "preference", null],
    ["daily-2", "folded", true],
  ] as const)
    expect([userId, decided[userId]]).toEqual([userId, [status, until]]);
});

test("a mail that is being decided goes to the address that its person has by then", async () => {
  const { tenantId } = await createTenant(db, "secret", { id: "moving", name: "Moving" });
  const planner = new Planner({ db, consumers: [planDeliveries], onError });
  await notify(db, tenantId, [{ userId: "anna" }]);
  await planner.plan(tenantId);
  await choose(tenantId);
  await notify(db, tenantId, [{ userId: "profile" }]);
  let plan: Promise<number> | undefined;
  await tenantTransaction(db.prisma, tenantId, async (tx) => {
    const [from, to] = ["of-the-profile@example.com", "new@example.com"];
    await tx.user.update({ where: { tenantId_id: { tenantId, id: "profile" } }, data: { email: to } });
    await readdressHeld(tx, tenantId, "profile", { from, to });
    plan = planner.plan(tenantId);
    await expect.poll(() => sessionsWaiting(owner), { timeout: 20_000 }).toBe(1);
  });
  await plan;
  const { rows } = await owner.query(
    "select address from deliveries where tenant_id = $1 and channel = 'email' and user_id = 'profile'",
    [tenantId],
  );
  expect(rows).toEqual([{ address: "new@example.com" }]);
});

test("changes of preferences wait for no other one, and hold a plan up for no longer than they take", async () => {
  const { tenantId } = await createTenant(db, "secret", { id: "many-changes", name: "Many" });
  const planner = new Planner({ db, consumers: [planDeliveries], onError });
  const open = (userId: string, meanwhile?: () => Promise<void>) =>
    tenantTransaction(db.prisma, tenantId, async (tx) => {
      await changePreferences(tx, tenantId, userId, { changes: { quietHours: { enabled: false } }, now: Date.now() });
      await meanwhile?.();
    });
  await notify(db, tenantId, [{ userId: "anna", email: mailOf("anna") }]);
  await planner.plan(tenantId);
  await notify(db, tenantId, [{ userId: "ben", email: mailOf("ben") }]);
  let plan: Promise<number> | undefined;
  await open("max", async () => {
    await open("eve");
    plan = planner.plan(tenantId);
    await expect.poll(() => sessionsWaiting(owner)).toBe(1);
  });
  await plan;
  const { rows } = await owner.query(
    "select user_id from deliveries where tenant_id = $1 and channel = 'email' order by user_id",
    [tenantId],
  );
  expect(rows).toEqual([{ user_id: "anna" }, { user_id: "ben" }]);
});
