import { Client } from "pg";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type Stack, startStack, type TestTenant } from "../../testing/stack.ts";
import { runTask } from "./run-task.ts";

let stack: Stack;
let owner: Client;

beforeAll(async () => {
  stack = await startStack();
  owner = new Client({ connectionString: stack.database.ownerUrl });
  await owner.connect();
});
afterAll(async () => {
  await owner.end();
  await stack.close();
});

/** Works a task of ada's to its end. */
async function run({ key, tenantId }: TestTenant, verb: string, body = {}): Promise<string> {
  const { taskId } = (await key()<{ taskId: string }>("POST", `/admin/users/ada/${verb}`, body)).body;
  const isOpen = async () =>
    (await owner.query("select from tasks where id = $1 and finished_at is null", [taskId])).rowCount === 1;
  const stopping = new AbortController().signal;
  while (await isOpen()) await runTask({ db: stack.api.services.db, stopping }, { tenantId, taskId, last: false });
  return taskId;
}

test("of what somebody did as an Admin the file tells, and where from goes with them, but not that they did it", async () => {
  const quay = await stack.tenant("quay");
  const chat = await quay.as("ben")<{ id: string }>("POST", "/Chat", { memberUserIds: ["ada"] });
  await quay.as("ada")("DELETE", `/Chat/${chat.body.id}/members/ada`);
  for (const admin of ["ada", "ben"])
    await quay.as(admin, ["Admin"])("PUT", `/admin/topics/of-${admin}`, { name: "News" });
  const taskId = await run(quay, "export");
  const { rows } = await owner.query("select body from task_parts where task_id = $1 order by number", [taskId]);
  const lines = rows.flatMap((row) =>
    row.body
      .trim()
      .split("\n")
      .map((line: string) => JSON.parse(line)),
  );
  const told = (record: string) => lines.filter((line) => line.record === record).map(({ data }) => data);
  const span = { from: expect.any(Number), to: expect.any(Number) };
  expect(told("pastMembership")).toEqual([{ chatId: chat.body.id, spans: [span] }]);
  expect(told("auditEntry")).toMatchObject([{ operation: "topics.put", target: "topicId:of-ada", ip: "127.0.0.1" }]);
  await run(quay, "erase", { confirm: "ada" });
  const kept = "select actor_id, ip from audit_entries where tenant_id = 'quay' and actor_kind = 'user' order by 1";
  expect((await owner.query(kept)).rows).toEqual([
    { actor_id: "ada", ip: null },
    { actor_id: "ben", ip: "127.0.0.1" },
  ]);
});
