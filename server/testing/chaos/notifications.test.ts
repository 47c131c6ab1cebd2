import { setTimeout as sleep } from "node:timers/promises";
import pg from "pg";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { Batch } from "../../domain/batches/schema.ts";
import { type Caller, configFor, type Stack, startStack, type TestTenant } from "../stack.ts";
import { openWorkers, type WorkerProcess } from "../worker-process.ts";

// Worker processes are killed in the middle of a step of theirs, at a moment that is chosen without a clock: the test holds the tenant's
// head until the step waits for it.

let stack: Stack;
let owner: pg.Client;
let holder: pg.Client;
let workers: Awaited<ReturnType<typeof openWorkers>>;
let tenant: TestTenant;
let key: Caller;

beforeAll(async () => {
  [stack, workers] = await Promise.all([startStack(), openWorkers()]);
  const connectionString = stack.database.ownerUrl;
  [owner, holder] = [new pg.Client({ connectionString }), new pg.Client({ connectionString })];
  await Promise.all([owner.connect(), holder.connect()]);
  tenant = await stack.tenant("acme");
  key = tenant.key();
});
afterAll(async () => {
  await workers.close();
  await Promise.all([owner.end(), holder.end()]);
  await stack.close();
});

function start(): WorkerProcess {
  const { roles, ...config } = configFor(stack.database);
  return workers.start({ config, options: {} });
}

async function ask<T>(sql: string, values: unknown[] = []): Promise<T[]> {
  return (await owner.query(sql, values)).rows as T[];
}

const content = { type: "Delay", subject: "Late", message: "Ten minutes" };
const holdHead = (before = "") =>
  holder.query(
    `${before} begin; select from tenant_log where tenant_id = ${holder.escapeLiteral(tenant.tenantId)} for update`,
  );

/** Resolves with the server process of a statement of the worker that waits for the head. */
async function waiting(statement: string): Promise<number> {
  const sql = `select pid from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock' and query like $1`;
  const look = async () => (await ask<{ pid: number }>(sql, [`%${statement}%`]))[0]?.pid;
  await expect.poll(look, { timeout: 20_000, interval: 10 }).toBeDefined();
  return (await look()) ?? 0;
}

/** Kills a worker in the middle of a step, which is lost with its connection, or goes on at the server and is committed unheard. */
async function killWithin(worker: WorkerProcess, statement: string, fate: "lost" | "committed"): Promise<void> {
  const pid = await waiting(statement);
  await worker.kill();
  if (fate === "lost") {
    await owner.query("select pg_terminate_backend($1, 5000)", [pid]);
    await holder.query("commit");
  } else {
    await holder.query("commit");
    const idle = "select count(*)::int as n from pg_stat_activity where pid = $1 and state = 'active'";
    await expect.poll(async () => (await ask<{ n: number }>(idle, [pid]))[0]?.n).toBe(0);
  }
}

/** The log holds each position once, from the first to the last. */
async function expectUnbroken(): Promise<void> {
  const sql = `select l.position::int as head, (select count(*) from events e where e.tenant_id = l.tenant_id)::int as events
    from tenant_log l where l.tenant_id = $1`;
  const [log] = await ask<{ head: number; events: number }>(sql, [tenant.tenantId]);
  expect(log?.events).toBe(log?.head);
}

test("a send to many whose workers die in the middle of a step reaches each one once", async () => {
  const userIds = Array.from({ length: 700 }, (_, i) => `p${String(i).padStart(4, "0")}`);
  const { body } = await key<Batch>("POST", "/Notifications/bulk", { ...content, userIds });
  const read = async () => (await key<Batch>("GET", `/Notifications/batches/${body.id}`)).body;
  await expect.poll(async () => (await read()).done).toBe(50); // what the api node does of it

  await holdHead();
  await killWithin(start(), "batch_step_v3", "lost");
  expect(await read()).toMatchObject({ status: "running", done: 50 });

  await holdHead();
  const second = start();
  await waiting("batch_step_v3");
  // The waiting step is first in line, the test is next, and the step after it waits again.
  await holdHead("commit;");
  await killWithin(second, "batch_step_v3", "committed");
  const { done } = await read();
  expect(done).toBeGreaterThan(50);
  expect(done).toBeLessThan(700);

  const third = start();
  await expect.poll(async () => (await read()).status).toBe("done");
  expect(await read()).toMatchObject({ done: 700, total: 700 });
  const sql = "select user_id from notifications where batch_id = $1 order by user_id";
  expect((await ask<{ user_id: string }>(sql, [body.id])).map((row) => row.user_id)).toEqual(userIds);
  const told = "select user_id from events where type = 'notification.created' and user_id like 'p%' order by user_id";
  expect((await ask<{ user_id: string }>(told)).map((row) => row.user_id)).toEqual(userIds);
  await expectUnbroken();
  const ruled = "select count(*)::int as n from deliveries where batch_id = $1 and channel = 'inApp'";
  await expect.poll(async () => (await ask(ruled, [body.id]))[0]).toEqual({ n: 700 });
  await third.kill();
}, 150_000);

interface Appeared {
  id: string;
  /** From its time to its event, in ms */
  late: number;
}

test("what is scheduled appears within 2 s of its time and never before, once, though the worker dies at that moment", async () => {
  const schedule = async (userId: string, ahead = 700) => {
    const scheduledFor = new Date(Date.now() + ahead).toISOString();
    return (await key<{ id: string }>("POST", "/Notifications", { ...content, userId, scheduledFor })).body.id;
  };
  const appeared = (id: string) =>
    ask<Appeared>(
      `select n.id, (extract(epoch from e.at - n.scheduled_for) * 1000)::int as late from events e
       join notifications n on n.tenant_id = e.tenant_id and n.id::text = e.payload ->> 'id'
       where e.type = 'notification.created' and n.id = $1 and n.status = 'visible'`,
      [id],
    );
  const first = start();
  await first.ready;
  const timely = await schedule("ann");
  const due = Date.now() + 700;
  while (Date.now() < due) await sleep(20);
  // The two seconds are counted in looks at the database, of which a machine that stalls takes none.
  for (let looks = 0; (await appeared(timely)).length === 0; looks++) {
    expect(looks).toBeLessThan(2000 / 20);
    await sleep(20);
  }
  const [{ late } = { late: -1 }] = await appeared(timely);
  expect(late).toBeGreaterThanOrEqual(0);

  let worker = first;
  for (const fate of ["lost", "committed"] as const) {
    const id = await schedule(fate, 4000); // the head is held before that time has come
    await holdHead();
    await killWithin(worker, "settle_notifications_v2", fate);
    expect(await appeared(id)).toHaveLength(fate === "lost" ? 0 : 1);
    worker = start();
    await worker.ready;
    await expect
      .poll(() => appeared(id), { timeout: 20_000, interval: 20 })
      .toEqual([{ id, late: expect.any(Number) }]);
  }
  // The last worker looks at what the dead one has done already, and leaves it so.
  const next = await schedule("zoe");
  await expect.poll(() => appeared(next), { timeout: 20_000, interval: 20 }).toHaveLength(1);
  const sql = `select payload ->> 'userId' as u, count(*)::int as n, min(e.at - n.scheduled_for) >= '0' as timely from events e
    join notifications n on n.tenant_id = e.tenant_id and n.id::text = e.payload ->> 'id'
    where e.type = 'notification.created' and n.scheduled_for is not null group by 1 order by 1`;
  expect(await ask(sql)).toEqual(["ann", "committed", "lost", "zoe"].map((u) => ({ u, n: 1, timely: true })));
  await expectUnbroken();
}, 150_000);
