import pg from "pg";
import { pino } from "pino";
import { afterAll, beforeAll, expect, test } from "vitest";
import { retainJobs } from "../persistence/jobs.ts";
import { unitOfWork } from "../persistence/unit-of-work.ts";
import { openCutProxy } from "../testing/cut-proxy.ts";
import { configFor, type Stack, startStack, type TestTenant } from "../testing/stack.ts";
import { startQueue } from "./queue.ts";
import { runRetention } from "./retention.ts";
import { schedule } from "./tasks.ts";
import { startWorker } from "./worker.ts";

let stack: Stack;
let owner: pg.Client;
let tenant: TestTenant;
let worker: { close(): Promise<void> };

beforeAll(async () => {
  stack = await startStack();
  owner = new pg.Client({ connectionString: stack.database.ownerUrl });
  await owner.connect();
  tenant = await stack.tenant("acme");
  // What is found here is found by wake-ups: the poll is an hour away. No machine stands still for so long that the other queue here,
  // of which a beat comes every five seconds, would be taken for dead.
  worker = await startWorker(configFor(stack.database), { poll: 3_600_000, beat: 100, patience: 60_000 });
});
afterAll(async () => {
  await worker.close();
  await owner.end();
  await stack.close();
});

test("what an api node commits is planned at once", async () => {
  const spans: number[] = [];
  for (let i = 1; i <= 10; i++) {
    await unitOfWork(stack.api.services.db, tenant.tenantId, async ({ lockHead, emit }) => {
      await lockHead();
      emit({ type: "notification.created", userId: "ada", payload: { id: crypto.randomUUID(), type: "Welcome" } });
    });
    const began = performance.now();
    const planned = async () => (await owner.query("select from deliveries where cause = $1", [`event:${i}`])).rowCount;
    await expect.poll(planned, { interval: 2 }).toBe(2);
    spans.push(performance.now() - began);
  }
  spans.sort((a, b) => a - b);
  console.log(`planned ${spans[5]?.toFixed(0)} ms after the commit (median), ${spans[9]?.toFixed(0)} ms at most`);
});

test("the jobs of a worker that died go on, and what it had been asked for anew is done once", async () => {
  const held = `update graphile_worker._private_jobs set locked_by = 'dead', locked_at = now() - interval '2 minutes', attempts = 1`;
  await owner.query(
    `begin; select graphile_worker.add_job('retention', job_key => 'orphan'); ${held} where key = 'orphan'; commit`,
  );
  await owner.query(
    `begin; select graphile_worker.add_job('nobody', job_key => 'superseded'); ${held}, key = null where key = 'superseded'; commit`,
  );
  const jobs = async () =>
    (await owner.query("select key from graphile_worker._private_jobs where key is null or key = 'orphan'")).rowCount;
  await expect.poll(jobs).toBe(0);
});

test("a job that ends while Postgres is away is ended when it is back, and the process lives", async () => {
  const proxy = await openCutProxy(stack.database.ownerUrl);
  const url = new URL(stack.database.ownerUrl);
  url.port = new URL(proxy.url).port;
  url.hostname = "127.0.0.1";
  const began: string[] = [];
  let letGo = () => {};
  const held = new Promise<void>((resolve) => {
    letGo = resolve;
  });
  const work = (name: string) => async () => {
    began.push(name);
    await held;
    if (name === "fails") throw new Error("failed while Postgres was away");
  };
  const rejected: unknown[] = [];
  const hear = (error: unknown) => rejected.push(error);
  process.on("unhandledRejection", hear);
  const queue = await startQueue({
    ownerUrl: url.href,
    tasks: { succeeds: work("succeeds"), fails: work("fails"), later: work("later") },
    log: pino({ level: "silent" }),
    concurrency: 2,
    look: 50,
  });
  try {
    await owner.query("select graphile_worker.add_job(t, job_key => t) from unnest(array['succeeds', 'fails']) t");
    await expect.poll(() => began.length).toBe(2);
    proxy.cut();
    letGo();
    // Both have tried to write their end by the time somebody else is refused.
    await expect(new pg.Client(url.href).connect()).rejects.toThrow();
    proxy.mend();
    await owner.query("select graphile_worker.add_job('later', job_key => 'later')");
    const left = async () =>
      (
        await owner.query(
          "select key, last_error, locked_by from graphile_worker._private_jobs where key in ('succeeds', 'fails', 'later')",
        )
      ).rows;
    await expect.poll(left).toEqual([{ key: "fails", last_error: "failed while Postgres was away", locked_by: null }]);
    expect(began).toContain("later");
    expect(rejected).toEqual([]);
  } finally {
    process.off("unhandledRejection", hear);
    await queue.stop();
    await proxy.close();
  }
});

test("a connection that a worker's pools lose is told in its own log, and so by its level", async () => {
  const said: string[] = [];
  const output = { write: (line: string) => void said.push(line) };
  const one = await startWorker(configFor(stack.database, { logLevel: "warn" }), { output });
  // Of both workers here: which connection is whose, nobody could tell.
  const cut = () =>
    owner.query(
      `select pg_terminate_backend(pid) from pg_stat_activity
       where datname = current_database() and application_name in ('parley worker', 'parley queue')`,
    );
  const lost = async () => {
    const pools = new Set(said.flatMap((line) => /"role":"worker".*"pool":"([a-z ]+)"/.exec(line)?.[1] ?? []));
    if (pools.size < 2) await cut();
    return [...pools].sort();
  };
  await expect.poll(lost, { timeout: 20_000, interval: 300 }).toEqual(["parley queue", "parley worker"]);
  await one.close();
});

test("jobs that were given up stay for 14 days, so many of a tenant and task, and none that nobody would hear of", async () => {
  const { db } = stack.api.services;
  await owner.query("insert into graphile_worker._private_tasks (identifier) values ('dead') on conflict do nothing");
  const add = (name: string, { tenantId = "acme", key = true, tries = 1, days = 0, since = 0, held = false } = {}) =>
    owner.query(
      `insert into graphile_worker._private_jobs (task_id, payload, key, attempts, max_attempts, updated_at, run_at, locked_at)
       select id, json_build_object('tenantId', $2::text, 'name', $1::text), case when $3 then $1 end, $4, 1,
         now() - make_interval(days => $5), now() - make_interval(days => $6), case when $7 then now() end
       from graphile_worker._private_tasks where identifier = 'dead'`,
      [name, tenantId, key, tries, Math.max(since, days), days, held],
    );
  const left = async () =>
    (
      await owner.query(
        "select j.payload ->> 'name' as name from graphile_worker._private_jobs j where j.payload ->> 'name' is not null order by 1",
      )
    ).rows.map(({ name }) => name);
  await add("old", { days: 15 });
  await add("tried for long", { since: 15, days: 13 });
  await add("asked for anew", { key: false });
  await add("runs", { days: 15, held: true });
  await add("runs, asked for anew", { key: false, held: true });
  await add("waits", { tries: 0, days: 15 });
  await add("young", { days: 12 });
  await add("another's", { tenantId: "globex", days: 13 });
  await runRetention(db);
  const running = ["runs", "runs, asked for anew"];
  expect(await left()).toEqual(["another's", ...running, "tried for long", "waits", "young"]);
  await add("newest");
  const steps: unknown[] = [];
  for (let n = 0; n < 3; n++) steps.push([await retainJobs(db.pool, new Date(0), 1, 1), (await left()).length]);
  expect(steps).toEqual([
    [1, 6],
    [1, 5],
    [0, 5],
  ]);
  expect(await left()).toEqual(["another's", "newest", ...running, "waits"]);
});

test("a retention that is due while another runs waits for its end", async () => {
  const { queueName, jobKey } = schedule.find(({ task }) => task === "retention")?.options ?? {};
  const begin = () =>
    owner.query("select graphile_worker.add_job('retention', queue_name => $1, job_key => $2)", [queueName, jobKey]);
  const running = async () =>
    (
      await owner.query(
        `select j.locked_at is not null as runs from graphile_worker._private_jobs j join graphile_worker._private_tasks t on t.id = j.task_id
         where t.identifier = 'retention' order by j.id`,
      )
    ).rows.map(({ runs }) => runs);
  const other = new pg.Client(stack.database.ownerUrl);
  await other.connect();
  await other.query("begin; lock table audit_entries in access exclusive mode");
  await begin();
  await expect.poll(running).toEqual([true]);
  await begin();
  // What comes after it is taken before it.
  await owner.query("select graphile_worker.add_job('minutes', job_key => 'after')");
  const after = async () =>
    (await owner.query("select from graphile_worker._private_jobs where key = 'after'")).rowCount;
  await expect.poll(after).toBe(0);
  expect(await running()).toEqual([true, false]);
  await other.end();
  await expect.poll(running).toEqual([]);
});
