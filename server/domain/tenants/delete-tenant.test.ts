import { afterAll, beforeAll, expect, test } from "vitest";
import { consumers } from "../../jobs/consumers.ts";
import { runRetention } from "../../jobs/retention.ts";
import { purgeTenant } from "../../jobs/store.ts";
import { Planner } from "../../log/planner.ts";
import { asOwner } from "../../testing/catalogue/world.ts";
import { consoleHeaders, makeOperator } from "../../testing/console.ts";
import { sessionsWaiting } from "../../testing/sessions-waiting.ts";
import { call, type Stack, startStack, type TestTenant, testSecret } from "../../testing/stack.ts";
import { createTenant } from "./make-tenant.ts";

let stack: Stack;
let gone: TestTenant;
let stays: TestTenant;
let headers: Record<string, string>;

beforeAll(async () => {
  stack = await startStack();
  [gone, stays] = await Promise.all([stack.tenant("gone"), stack.tenant("stays")]);
  for (const tenant of [gone, stays]) await tenant.as("ada")("POST", "/Chat", { name: "Crew", memberUserIds: ["ben"] });
  const owner = await makeOperator(stack.api.services.db, testSecret, { tenantId: gone.tenantId, role: "owner" });
  headers = { ...consoleHeaders(owner.session), "x-tenant-id": "gone" };
});
afterAll(() => stack.close());

const act = (verb: string, body = {}) => call(`${stack.url}/api/trpc/tenants.${verb}`, "POST", body, headers);
const chats = (tenant: string) =>
  asOwner(stack, async (db) => (await db.query("select 1 from chats where tenant_id = $1", [tenant])).rowCount);

test("needs the name, waits 7 days, can be taken back, and takes out everything of that tenant alone", async () => {
  expect((await act("delete", { name: "gone" })).status).toBe(409);
  expect((await act("delete", { name: "Tenant gone" })).status).toBe(200);
  await runRetention(stack.api.services.db);
  expect(await chats("gone")).toBe(1);
  expect((await gone.key()("GET", "/admin/tenant")).status).toBe(200);
  expect((await act("restore")).status).toBe(200);
  expect((await act("delete", { name: "Tenant gone" })).status).toBe(200);
  await asOwner(stack, async (db) => {
    await db.query("update tenants set delete_after = now() - interval '1 s' where id = 'gone'");
    await db.query(
      `select graphile_worker.add_job('mail', json_build_object('tenantId', t, 'body', 'of ' || t), run_at => now() + interval '1 day')
       from unnest(array['gone', 'stays']) t`,
    );
  });
  await runRetention(stack.api.services.db);
  expect([await chats("gone"), await chats("stays")]).toEqual([0, 1]);
  const jobs = "select from graphile_worker._private_jobs where payload::text like '%\"' || $1 || '\"%'";
  const jobsOf = (id: string) => asOwner(stack, async (db) => (await db.query(jobs, [id])).rowCount);
  expect([await jobsOf("gone"), await jobsOf("stays")]).toEqual([0, 1]);
  stack.api.services.security.invalidate(gone.tenantId);
  expect((await gone.key()("GET", "/admin/tenant")).status).toBe(403);
  expect((await stays.key()("GET", "/admin/tenant")).status).toBe(200);
  await expect(createTenant(stack.api.services.db, testSecret, { id: "gone", name: "Again" })).rejects.toThrow(
    "conflict",
  );
});

test("a tenant that is restored while its purge waits for it keeps all it has", async () => {
  const back = await stack.tenant("back");
  await back.as("ada")("POST", "/Chat", { name: "Crew", memberUserIds: ["ben"] });
  const { pool } = stack.api.services.db;
  await asOwner(stack, async (db) => {
    await db.query("update tenants set delete_after = now() - interval '1 s' where id = 'back'");
    await db.query("begin");
    await db.query("update tenants set delete_after = null where id = 'back'");
    const purging = purgeTenant(pool, back.tenantId, 1000);
    await expect.poll(() => sessionsWaiting(pool), { timeout: 20_000 }).toBeGreaterThan(0);
    await db.query("commit");
    expect(await purging).toBe(0);
  });
  expect(await chats("back")).toBe(1);
  expect((await back.key()("GET", "/admin/tenant")).body).toMatchObject({ name: "Tenant back" });
});

test("a large tenant's purge keeps no other's retention waiting, and goes on with the next run", async () => {
  const { db } = stack.api.services;
  const [large] = [await stack.tenant("a-large"), await stack.tenant("b-small")];
  const left = () =>
    asOwner(stack, async (owner) => {
      const { rows } = await owner.query(
        `select t, (select count(*)::int from audit_entries e where e.tenant_id = t and e.actor_id = 'old') as n
         from unnest(array['a-large', 'b-small']) t`,
      );
      return Object.fromEntries(rows.map(({ t, n }) => [t, n]));
    });
  await asOwner(stack, async (owner) => {
    await owner.query(
      `insert into audit_entries (tenant_id, id, at, actor_kind, actor_id, operation, outcome, request_id)
       select t, gen_random_uuid(), now() - interval '400 days', 'key', 'old', 'x.y', 'ok', 'r'
       from (values ('a-large', 4500), ('b-small', 1)) v (t, n), generate_series(1, n)`,
    );
    await owner.query("update tenants set delete_after = now() - interval '1 s' where id = $1", [large.tenantId]);
  });
  const runs = [await left()];
  for (let run = 0; run < 3; run++) {
    await runRetention(db, Date.now(), 0);
    runs.push(await left());
  }
  expect(runs).toEqual([
    { "a-large": 4500, "b-small": 1 },
    { "a-large": 2500, "b-small": 0 },
    { "a-large": 500, "b-small": 0 },
    { "a-large": 0, "b-small": 0 },
  ]);
  const heads = () =>
    asOwner(stack, async (owner) => (await owner.query("select from log_heads_v1(array['a-large'])")).rowCount);
  expect(await heads()).toBe(1);
  await runRetention(db);
  expect(await heads()).toBe(0);
});

test("what is left of a tenant between two rounds of its purge is not planned once more", async () => {
  const slow = await stack.tenant("slow");
  const { db } = stack.api.services;
  await slow.as("ada")("POST", "/Chat", { name: "Crew", memberUserIds: ["ben"] });
  for (let n = 0; n < 4; n++)
    await slow.key()("POST", "/Notifications", {
      userId: "ada",
      subject: `s${n}`,
      message: "m",
      email: "a@example.com",
    });
  const faults: unknown[] = [];
  const planner = new Planner({ db, consumers, onError: (error) => faults.push(error) });
  await planner.plan(slow.tenantId);
  const deliveries = () =>
    asOwner(stack, async (owner) => (await owner.query("select from deliveries where tenant_id = 'slow'")).rowCount);
  let left = (await deliveries()) ?? 0;
  expect(left).toBeGreaterThan(0);
  await asOwner(stack, (owner) =>
    owner.query("update tenants set delete_after = now() - interval '1 s' where id = 'slow'"),
  );
  while ((await purgeTenant(db.pool, slow.tenantId, 1)) > 0) {
    left = Math.max(0, left - 1);
    await planner.plan(slow.tenantId);
    expect(await deliveries()).toBe(left);
  }
  await planner.close();
  expect(faults).toEqual([]);
});
