import pg from "pg";
import { afterAll, beforeAll, expect, test } from "vitest";
import { configFor, type Stack, startStack } from "../stack.ts";
import { openWorkers } from "../worker-process.ts";

let stack: Stack;
let owner: pg.Client;
let workers: Awaited<ReturnType<typeof openWorkers>>;

beforeAll(async () => {
  [stack, workers] = await Promise.all([startStack(), openWorkers()]);
  owner = new pg.Client({ connectionString: stack.database.ownerUrl });
  await owner.connect();
});
afterAll(async () => {
  await workers.close();
  await owner.end();
  await stack.close();
});

const ask = async (sql: string) => (await owner.query(sql)).rows[0];

test("an export goes on where the worker process that made it was killed, and is whole", async () => {
  const tenant = await stack.tenant("acme");
  const { body: chat } = await tenant.as("ada")<{ id: string }>("POST", "/Chat", { memberUserIds: ["ben"] });
  await owner.query(
    `insert into messages (tenant_id, chat_id, seq, id, sender_id, content, position, created_at)
     select 'acme', $1, n, gen_random_uuid(), 'ben', 'Message ' || n, 0, now() from generate_series(1, 1700) n`,
    [chat.id],
  );
  await owner.query("update chat_heads set last_seq = 1700 where chat_id = $1", [chat.id]);
  await tenant.key()("POST", `/admin/chats/${chat.id}/export`);

  const { roles, ...config } = configFor(stack.database);
  const order = { config, options: { beat: 200, patience: 1000, look: 100 } };
  // It kills itself once a step is committed: there are seven.
  await workers.start({ ...order, dieAt: { step: "task: after a step" } }).ended;
  expect(await ask("select status, done from tasks")).toEqual({ status: "running", done: 1 });
  const last = workers.start(order);
  await expect.poll(async () => (await ask("select status from tasks")).status).toBe("done");
  await last.kill();
  const text = await ask("select string_agg(body, '' order by number) as body from task_parts");
  const lines: { record: string; data: { seq: number } }[] = text.body
    .trimEnd()
    .split("\n")
    .map((line: string) => JSON.parse(line));
  const seqs = lines.filter(({ record }) => record === "message").map(({ data }) => data.seq);
  expect(seqs).toEqual(Array.from({ length: 1700 }, (_, index) => index + 1));
  expect(await ask("select lines, done, total from tasks")).toEqual({ lines: 1703, done: 1703, total: 1703 });
}, 150_000);
