import pg from "pg";
import { afterAll, beforeAll, expect, test } from "vitest";
import { sessionsWaiting } from "../testing/sessions-waiting.ts";
import { type Stack, startStack } from "../testing/stack.ts";
import { type Database, openDatabase } from "./database.ts";
import { enqueueJobs } from "./jobs.ts";
import { tenantTransaction } from "./prisma.ts";

let stack: Stack;
let db: Database;
let owner: pg.Pool;

beforeAll(async () => {
  stack = await startStack();
  db = openDatabase({ url: stack.database.runtimeUrl });
  owner = new pg.Pool({ connectionString: stack.database.ownerUrl });
});
afterAll(async () => {
  await db.close();
  await owner.end();
  await stack.close();
});

test("a job that is asked for anew while a worker takes the old one is there for what has changed since", async () => {
  const { tenantId } = await stack.tenant("acme");
  const job = { task: "look-again", key: "look-again:acme", payload: { tenantId } };
  const ask = () => tenantTransaction(db.prisma, tenantId, (tx) => enqueueJobs(tx, [job]));
  await ask();
  const worker = await owner.connect();
  await worker.query("begin");
  await worker.query(
    "update graphile_worker._private_jobs set locked_at = now(), locked_by = 'one', attempts = attempts + 1 where key = $1",
    [job.key],
  );
  const asked = ask();
  await expect.poll(() => sessionsWaiting(owner)).toBe(1); // for the worker, which has it in a moment
  await worker.query("commit");
  worker.release();
  await asked;
  const { rows } = await owner.query(
    "select j.key, j.locked_by from graphile_worker._private_jobs j join graphile_worker._private_tasks t on t.id = j.task_id where t.identifier = $1 order by j.id",
    [job.task],
  );
  expect(rows).toEqual([
    { key: null, locked_by: "one" },
    { key: job.key, locked_by: null },
  ]);
});
