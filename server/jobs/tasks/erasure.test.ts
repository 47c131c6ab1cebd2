import { readFileSync } from "node:fs";
import { join } from "node:path";
import { Client } from "pg";
import { afterAll, beforeAll, expect, test } from "vitest";
import { signLinkToken } from "../../auth/link-token.ts";
import { noteUsers } from "../../auth/store.ts";
import { runBatch } from "../../domain/batches/run-batch.ts";
import { makeStep, readPortion } from "../../domain/batches/store.ts";
import { newId } from "../../ids.ts";
import { tenantTransaction } from "../../persistence/prisma.ts";
import { migrationsFolder } from "../../persistence/project-root.ts";
import { type Stack, startStack, type TestTenant, testSecret } from "../../testing/stack.ts";
import { blankBatches, listOwnBatches } from "./person-store.ts";
import { runTask } from "./run-task.ts";

let stack: Stack;
let acme: TestTenant;
let globex: TestTenant;
let owner: Client;

beforeAll(async () => {
  stack = await startStack();
  [acme, globex] = await Promise.all([stack.tenant("acme"), stack.tenant("globex")]);
  owner = new Client({ connectionString: stack.database.ownerUrl });
  await owner.connect();
});
afterAll(async () => {
  await owner.end();
  await stack.close();
});

const later = { type: "Delay", subject: "Ahoy", message: "Ahoy", scheduledFor: "2990-01-01T00:00:00Z" };
/** A step of such a send is made by these. */
const by = { type: "Delay", scheduledFor: new Date(later.scheduledFor), scheduledLocal: null };

async function startErasure({ key }: TestTenant, userId: string): Promise<string> {
  const { body } = await key()<{ taskId: string }>("POST", `/admin/users/${userId}/erase`, { confirm: userId });
  return body.taskId;
}

async function isUnderWay(taskId: string): Promise<boolean> {
  const { rows } = await owner.query("select status from tasks where id = $1", [taskId]);
  if (["waiting", "running"].includes(rows[0]?.status)) return true;
  expect(rows).toEqual([{ status: "done" }]);
  return false;
}

async function erase(tenant: TestTenant, userId: string): Promise<void> {
  const job = { tenantId: tenant.tenantId, taskId: await startErasure(tenant, userId), last: false };
  while (await isUnderWay(job.taskId))
    await runTask({ db: stack.api.services.db, stopping: new AbortController().signal }, job);
}

/** Sends to many: to ada alone, reached, deleted by her, to come and taken back before it came; and one to two people. */
async function furnish({ key, as }: TestTenant): Promise<void> {
  const call = key();
  await call("PUT", "/Users/ada", { displayName: "Ada" });
  const alone = { userIds: ["ada"], subject: "Only ada", message: "Only ada", metadata: { of: "Only ada" } };
  const later = { ...alone, scheduledFor: "2990-01-01T00:00:00Z" };
  const send = async (body: object, headers = {}) => {
    const sent = await call<{ id: string }>("POST", "/Notifications/bulk", { type: "Delay", ...body }, headers);
    return sent.body.id;
  };
  const ids = [await send(alone, { "idempotency-key": "b" }), await send(alone)];
  ids.push(await send({ userIds: ["ada", "ben"], subject: "Both", message: "Both" }));
  const statuses = async () =>
    (await owner.query("select distinct status from notification_batches where id = any ($1)", [ids])).rows;
  await expect.poll(statuses, { timeout: 20_000 }).toEqual([{ status: "done" }]);
  const { rows } = await owner.query("select id from notifications where batch_id = $1", [ids[1]]);
  expect((await as("ada")("DELETE", `/Notifications/${rows[0].id}`)).status).toBe(200);
  await send(later, { "idempotency-key": "l" });
  expect((await call("DELETE", `/Notifications/batches/${await send(later)}`)).status).toBe(200);
}

test("a send to many that was for the erased alone says nothing any more; others stay", async () => {
  await furnish(acme);
  await furnish(globex);
  const read = async (tenantId: string) =>
    (
      await owner.query(
        `select content ->> 'message' as said, status, count(*)::int from notification_batches
         where tenant_id = $1 group by 1, 2 order by 1, 2`,
        [tenantId],
      )
    ).rows;
  const theirs = await read("globex");
  await erase(acme, "ada");
  expect(await read("acme")).toEqual([
    { said: "", status: "cancelled", count: 2 },
    { said: "", status: "done", count: 2 },
    { said: "Both", status: "done", count: 1 },
  ]);
  const { rows } = await owner.query(`select r.x from (
      select b::text as x, tenant_id from notification_batches b union all select k::text, tenant_id from idempotency_keys k
      union all select payload::text, tenant_id from events union all select a::text, tenant_id from audit_entries a) r
    where r.tenant_id = 'acme' and r.x like '%Only ada%'`);
  expect(rows).toEqual([]);
  const list = await acme.key()<{ data: { subject: string }[] }>("GET", "/Notifications/batches");
  expect(list.body.data.map(({ subject }) => subject).sort()).toEqual(["", "", "", "", "Both"]);
  expect(await read("globex")).toEqual(theirs);
  expect(theirs.filter(({ said }) => said === "Only ada")).toHaveLength(3);
});

test("however many sends to one user a tenant has made, those of the erased are found without them, in steps", async () => {
  const { tenantId, key } = acme;
  await key()("PUT", "/Users/cyd", { displayName: "Cyd" });
  const insert = (count: number, recipients: string[], status: string) =>
    owner.query(
      `insert into notification_batches (tenant_id, id, audience, content, recipients, total, status, created_at, finished_at)
       select $1, gen_random_uuid(), 'users', '{"type": "Delay", "priority": 1, "message": "Of one"}', $3, 1, $4, now(), now()
       from generate_series(1, $2::int)`,
      [tenantId, count, recipients, status],
    );
  await insert(3000, [], "done");
  await insert(450, ["cyd"], "cancelled");
  await insert(1, ["dan"], "failed");
  const { db } = stack.api.services;
  const one = await listOwnBatches(db, tenantId, { userId: "dan", limit: 10 });
  const read = await tenantTransaction(db.prisma, tenantId, async (tx) => {
    await blankBatches(
      tx,
      tenantId,
      one.map(({ id }) => id),
    );
    const [stat] = await tx.$queryRaw<{ read: number }[]>`
      select (seq_tup_read + idx_tup_fetch)::int as read from pg_stat_xact_user_tables where relname = 'notification_batches'`;
    return stat?.read;
  });
  expect(one).toHaveLength(1);
  expect(read).toBeLessThan(100);
  await erase(acme, "cyd");
  const { rows } = await owner.query(
    `select status, count(*)::int from notification_batches where tenant_id = $1 and content ->> 'message' = 'Of one' group by 1`,
    [tenantId],
  );
  expect(rows).toEqual([{ status: "done", count: 3000 }]);
});

test("a send to several that has yet to come goes to the others, also by a worker that had read of the erased", async () => {
  const { tenantId, key } = acme;
  const { db } = stack.api.services;
  const userIds = ["eve", "fay", "gus"];
  await key()("PUT", "/Users/eve", { displayName: "Eve" });
  const { body } = await key()<{ id: string }>("POST", "/Notifications/bulk", { userIds, ...later });
  const now = Date.parse("2990-01-02");
  expect((await readPortion(db.pool, tenantId, body.id, 10))?.users).toEqual(userIds);
  await erase(acme, "eve");
  const rows = userIds.map((userId) => ({ id: newId(), userId, filed: false }));
  const step = { by, done: 0, passed: 3, cursor: undefined, finished: true, rows, now: new Date(now) };
  expect(await makeStep(db.pool, tenantId, body.id, step)).toBeUndefined();
  const told: unknown[] = [];
  db.onCommit((_, events) => void told.push(...events.map(({ userId, position }) => [userId, position])));
  while (await runBatch(db, tenantId, body.id, now));
  const made = await owner.query(
    "select user_id, position::int from notifications where batch_id = $1 order by position",
    [body.id],
  );
  expect(made.rows.map(({ user_id }) => user_id)).toEqual(["fay", "gus"]);
  expect(told).toEqual(made.rows.map(({ user_id, position }) => [user_id, position]));
  const left = await owner.query("select status, done from notification_batches where id = $1", [body.id]);
  expect(left.rows).toEqual([{ status: "done", done: 3 }]);
});

test("sends to one that were taken back before it was kept to whom say nothing after the upgrade; others stay", async () => {
  const { tenantId } = globex;
  const insert = (recipients: string[], total: number, status: string) =>
    owner.query(
      `insert into notification_batches (tenant_id, id, audience, content, recipients, total, status, created_at, finished_at, due_at)
       select $1, gen_random_uuid(), 'users', jsonb_build_object('type', 'Delay', 'priority', 1, 'subject', 'Old', 'message', concat($4::text, ' ', $3::int)),
         $2, $3::int, $4, now(), case when $4 <> 'scheduled' then now() end, case when $4 = 'scheduled' then '2990-01-01'::timestamptz end`,
      [tenantId, recipients, total, status],
    );
  await insert([], 1, "cancelled");
  await insert([], 1, "failed");
  await insert([], 2, "cancelled");
  await insert(["hal"], 1, "cancelled");
  await insert(["hal"], 1, "scheduled");
  const folder = join(migrationsFolder(), "20261127651000_sends_of_unknown_one");
  await owner.query(readFileSync(join(folder, "migration.sql"), "utf8"));
  const { rows } = await owner.query(
    `select content ->> 'message' as said from notification_batches
     where tenant_id = $1 and (content ->> 'subject' = 'Old' or content = '{"type": "Delay", "priority": 1, "subject": "", "message": ""}') order by 1`,
    [tenantId],
  );
  expect(rows.map(({ said }) => said)).toEqual(["", "", "cancelled 1", "cancelled 2", "scheduled 1"]);
});

test("steps that were read before, one between every two of an erasure, leave nothing to who is erased", async () => {
  const lea = await stack.tenant("lea");
  const [{ tenantId }, call, { db }] = [lea, lea.key(), stack.api.services];
  for (const user of ["lea", "moe"]) await call("PUT", `/Users/${user}`, { displayName: user });
  await call("PUT", "/admin/topics/tides", { name: "Tides" });
  expect((await call("POST", "/admin/topics/tides/subscribers", { userIds: ["lea", "moe"] })).status).toBe(200);
  const waiting: string[] = [];
  for (const whom of Array.from({ length: 20 }, () => [{ everyone: true }, { topic: "tides" }]).flat())
    waiting.push((await call<{ id: string }>("POST", "/Notifications/bulk", { ...whom, ...later })).body.id);
  const ids = [...waiting];
  await owner.query("update notification_batches set due_at = now() where id = any ($1)", [ids]);
  // Some have expired by then: what is decided on their recipients is a trace as well.
  const expired = `content || jsonb_build_object('expiresAt', now() - interval '1 day')`;
  await owner.query(`update notification_batches set content = ${expired} where id = any ($1)`, [
    ids.filter((_, i) => i % 4 > 1),
  ]);
  const users = async (id: string) => (await readPortion(db.pool, tenantId, id, 10))?.users;
  for (const id of ids) expect(await users(id)).toEqual(["lea", "moe"]);

  const stepAsRead = async (id: string) => {
    const rows = ["lea", "moe"].map((userId) => ({ id: newId(), userId, filed: false }));
    const step = { by, done: 0, passed: 2, cursor: "moe", finished: true, rows, now: new Date() };
    return makeStep(db.pool, tenantId, id, step);
  };
  const job = { tenantId, taskId: await startErasure(lea, "lea"), last: false };
  const dies = () => {
    throw new Error("killed");
  };
  const stopping = new AbortController().signal;
  for (;;) {
    for (const id of waiting.splice(0, 2)) await stepAsRead(id);
    if (!(await isUnderWay(job.taskId))) break;
    await runTask({ db, stopping, step: dies }, job).catch(() => {});
  }
  const late = waiting.splice(0, 2);
  expect(late).toHaveLength(2);
  for (const id of late) {
    expect(await stepAsRead(id)).toBeUndefined();
    while (await runBatch(db, tenantId, id, Date.now()));
  }
  const told = await owner.query("select distinct user_id from notifications where batch_id = any ($1)", [ids]);
  expect(told.rows).toEqual([{ user_id: "moe" }]);
  const decided = await owner.query("select distinct user_id from deliveries where batch_id = any ($1)", [ids]);
  expect(decided.rows).toEqual([{ user_id: "moe" }]);
  for (const id of waiting) expect(await users(id)).toEqual(["moe"]);
});

test("a send to everyone leaves out who was erased, until they have a token or a profile again", async () => {
  const ida = await stack.tenant("ida");
  const call = ida.key();
  for (const user of ["ida", "jo", "kim"]) await call("PUT", `/Users/${user}`, { displayName: user });
  const tell = async () => {
    const said = { everyone: true, type: "Delay", subject: "Ahoy", message: "Ahoy" };
    const { body } = await call<{ id: string; total: number }>("POST", "/Notifications/bulk", said);
    const { db } = stack.api.services;
    const status = async () =>
      (await owner.query("select status from notification_batches where id = $1", [body.id])).rows[0]?.status;
    while ((await status()) !== "done") await runBatch(db, ida.tenantId, body.id, Date.now());
    const { rows } = await owner.query("select user_id from notifications where batch_id = $1 order by 1", [body.id]);
    expect(body.total).toBe(rows.length);
    return rows.map(({ user_id }) => user_id);
  };
  // Known by having been in a chat alone; that of who is erased names nobody.
  const chat = { name: "Crew", memberUserIds: ["ida", "lou", "max"] };
  const crew = await call<{ id: string }>("POST", "/Chat", chat, { "x-act-as-user": "kim" });
  for (const user of ["lou", "max"])
    await call("DELETE", `/Chat/${crew.body.id}/members/${user}`, undefined, { "x-act-as-user": "kim" });
  const before = Date.now();
  for (const user of ["ida", "jo", "lou"]) await erase(ida, user);
  expect(await tell()).toEqual(["kim", "max"]);
  // Nor does what they, or their mail provider, press in a mail of before.
  const token = signLinkToken(testSecret, { tenantId: ida.tenantId, userId: "jo", type: "Delay" });
  for (const act of ["unsubscribe", "save"]) {
    const body = new URLSearchParams({ do: act, timezone: "Asia/Tokyo" });
    const { headers } = await fetch(`${stack.url}/u/${token}`, { method: "POST", body, redirect: "manual" });
    expect(headers.get("location")).toContain(`done=${act}`);
  }
  expect(await tell()).toEqual(["kim", "max"]);
  await call("POST", "/tokens", { userId: "ida" });
  await call("PUT", "/Users/jo", { displayName: "Jo" });
  expect(await tell()).toEqual(["ida", "jo", "kim", "max"]);
  // A token of before that was taken just before it was refused makes nobody known again, one issued since does.
  const { db, security } = stack.api.services;
  await noteUsers(db, ida.tenantId, [{ userId: "lou", issuedAt: before }]);
  expect(await tell()).toEqual(["ida", "jo", "kim", "max"]);
  security.invalidate(ida.tenantId);
  expect((await ida.as("lou")("GET", "/Chat")).status).toBe(200);
  await security.close();
  expect(await tell()).toEqual(["ida", "jo", "kim", "lou", "max"]);
});

test("the erased are in no list of users, and of their row nothing is shown, nor is anything written into it", async () => {
  const pia = await stack.tenant("pia");
  const call = pia.key();
  for (const user of ["pia", "quin", "rob"]) await call("PUT", `/Users/${user}`, { displayName: user });
  await call("POST", "/Chat", { memberUserIds: ["quin"] }, { "x-act-as-user": "pia" });
  for (const user of ["pia", "rob"]) await erase(pia, user);
  const dead = "insert into presences (tenant_id, user_id, node_id, state) values ('pia', 'rob', 'gone', 'online')";
  const left = `put_presence_v1('pia', 'here', '[{"u": "pia", "s": "gone"}]')`;
  for (const sql of [`select ${left}`, dead, "select drop_dead_presence_v1('pia')"]) await owner.query(sql);
  const seen = "select id from users where tenant_id = 'pia' and last_seen_at is not null";
  expect((await owner.query(seen)).rows).toEqual([]);
  for (const query of ["", "?limit=10"]) {
    const { body } = await call<{ data: object[]; totalCount?: number }>("GET", `/admin/users${query}`);
    expect([body.data, body.totalCount ?? 1]).toMatchObject([[{ userId: "quin" }], 1]);
  }
  // Where others' words stand under it the id stays.
  expect((await call("GET", "/Users/pia")).body).toEqual({ userId: "pia", metadata: {} });
  expect((await call("GET", "/Users/rob")).status).toBe(404);
});
