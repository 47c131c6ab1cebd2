import pg from "pg";
import { pino } from "pino";
import { afterAll, beforeAll, expect, test } from "vitest";
import { unitOfWork } from "../persistence/unit-of-work.ts";
import { openCutProxy } from "../testing/cut-proxy.ts";
import { configFor, type Stack, startStack, type TestTenant } from "../testing/stack.ts";
import { startQueue } from "./queue.ts";
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
  // What is found here is found by wake-ups: the poll is an hour away.
  worker = await startWorker(configFor(stack.database), { poll: 3_600_000, beat: 100, patience: 1000 });
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
  const held = `update graphile_worker._private_jobs set locked_by = 'dead', locked_at = now() - interval '2 seconds', attempts = 1`;
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
