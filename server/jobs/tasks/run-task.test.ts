import { Client } from "pg";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { z } from "zod";
import type { TenantId } from "../../auth/principal.ts";
import type { taskSchema } from "../../domain/tasks/schema.ts";
import { retainTasks, startTask } from "../../domain/tasks/store.ts";
import { tenantTransaction } from "../../persistence/prisma.ts";
import { RawHubClient } from "../../testing/hub-client.ts";
import { sessionsWaiting } from "../../testing/sessions-waiting.ts";
import { type Stack, startStack, type TestTenant } from "../../testing/stack.ts";
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

type Task = z.output<typeof taskSchema>;

const stopping = new AbortController().signal;

/** What the queue does with a job, until there is nothing more to do; a worker that dies is followed by the next one. */
async function work(tenantId: TenantId, taskId: string, step?: () => void): Promise<void> {
  const { db } = stack.api.services;
  const job = { tenantId, taskId, last: false };
  for (;;) {
    await runTask({ db, stopping, step }, job).catch((error: unknown) => {
      if (!String(error).includes("killed")) throw error;
    });
    const { rows } = await owner.query("select status from tasks where id = $1", [taskId]);
    if (!["waiting", "running"].includes(rows[0]?.status)) return;
  }
}

/** Dies once after every step. */
function dying(): () => void {
  let alive = false;
  return () => {
    alive = !alive;
    if (alive) throw new Error("killed");
  };
}

async function start(tenant: TestTenant, path: string, body: unknown = {}): Promise<Task> {
  const answer = await tenant.key()<Task>("POST", path, body);
  expect([answer.status, answer.body.status]).toEqual([201, "waiting"]);
  return answer.body;
}

const get = async (tenant: TestTenant, taskId: string) =>
  (await tenant.key()<Task>("GET", `/admin/tasks/${taskId}`)).body;

type Line = { record: string; data: Record<string, unknown> };

async function download(tenant: TestTenant, { taskId, file }: Task): Promise<Line[]> {
  let text = "";
  for (let part = 1; part <= (file?.parts ?? 0); part++) {
    const { body } = await tenant.key()<{ body: string }>("GET", `/admin/tasks/${taskId}/file?part=${part}`);
    text += body.body;
  }
  expect(Buffer.byteLength(text)).toBe(file?.bytes);
  return text
    .trimEnd()
    .split("\n")
    .map((line) => JSON.parse(line) as Line);
}

const count = async (sql: string, values: unknown[] = []) => Number((await owner.query(sql, values)).rows[0].count);
const records = (lines: Line[], record: string) => lines.filter((line) => line.record === record);

/** A chat with people and, by SQL, as many messages as are wanted. */
async function makeChat(tenant: TestTenant, messages: number): Promise<string> {
  const { body } = await tenant.as("ada")<{ id: string }>("POST", "/Chat", { name: "Crew", memberUserIds: ["ben"] });
  const send = (userId: string, content: string) =>
    tenant.as(userId)<{ id: string }>("POST", `/Chat/${body.id}/messages`, { content, clientMessageId: "mine" });
  const first = await send("ada", "All abord");
  await tenant.as("ada")("PATCH", `/Chat/${body.id}/messages/${first.body.id}`, { content: "All aboard" });
  await send("ben", "Aye");
  await tenant.as("ben")("PUT", `/Chat/${body.id}/read`, { seq: 1, unread: true });
  await owner.query(
    `insert into messages (tenant_id, chat_id, seq, id, sender_id, content, position, created_at)
     select $1, $2, 2 + n, gen_random_uuid(), case when n % 2 = 0 then 'ada' else 'ben' end, 'Message ' || n || repeat(' and more', 20), 0, now()
     from generate_series(1, $3) n`,
    [tenant.tenantId, body.id, messages],
  );
  await owner.query("update chat_heads set last_seq = $2 where chat_id = $1", [body.id, 2 + messages]);
  return body.id;
}

test("a chat's file holds what the database holds, through workers that die after every step", async () => {
  const chatId = await makeChat(acme, 1500);
  const task = await start(acme, `/admin/chats/${chatId}/export`);
  expect((await acme.key()("GET", `/admin/tasks/${task.taskId}/file`)).status).toBe(409);
  await work(acme.tenantId, task.taskId, dying());
  const done = await get(acme, task.taskId);
  expect(done).toMatchObject({ status: "done", progress: { done: 1505, total: 1505 } });
  const lines = await download(acme, done);
  expect(done.file).toMatchObject({ name: `chat-${chatId}.jsonl`, lines: lines.length });
  expect(done.file?.parts).toBeGreaterThan(1);
  const messages = records(lines, "message").map(({ data }) => data);
  expect(messages.map(({ seq }) => seq)).toEqual(Array.from({ length: 1502 }, (_, index) => index + 1));
  expect(messages.length).toBe(await count("select count(*) from messages where chat_id = $1", [chatId]));
  const sum = "select md5(string_agg(content, '|' order by seq)) as sum from messages where chat_id = $1";
  const { rows } = await owner.query(sum, [chatId]);
  const { rows: mine } = await owner.query("select md5($1) as sum", [messages.map(({ content }) => content).join("|")]);
  expect(mine).toEqual(rows);
  expect(messages[0]).toMatchObject({ content: "All aboard", edits: [{ version: 1, content: "All abord" }] });
  const read = records(lines, "member").map(({ data }) => `${data.userId} to ${data.lastReadSeq}`);
  expect(read).toEqual(["ada to 1", "ben to 2"]);
  expect(records(lines, "chat")).toMatchObject([{ data: { id: chatId, name: "Crew" } }]);

  for (const path of [`/admin/tasks/${task.taskId}`, `/admin/tasks/${task.taskId}/file`])
    expect((await globex.key()("GET", path)).status).toBe(404);
  expect((await globex.key()("POST", `/admin/chats/${chatId}/export`)).status).toBe(404);
  expect((await acme.key()<{ data: Task[] }>("GET", `/admin/tasks?subject=${chatId}`)).body.data).toHaveLength(1);

  expect((await acme.key()("POST", `/admin/tasks/${task.taskId}/cancel`)).status).toBe(409);
  expect((await acme.key()("DELETE", `/admin/tasks/${task.taskId}`)).status).toBe(200);
  expect(await count("select count(*) from task_parts where task_id = $1", [task.taskId])).toBe(0);
});

describe("a person", () => {
  const email = "Ada@ferries.example";
  const counted = `select (select count(*) from messages where tenant_id = $1 and sender_id = 'ada' and content <> '')
    + (select count(*) from members where tenant_id = $1 and user_id = 'ada')
    + (select count(*) from notifications where tenant_id = $1 and user_id = 'ada')
    + (select count(*) from preferences where tenant_id = $1 and user_id = 'ada')
    + (select count(*) from suppressions where tenant_id = $1 and address = lower('${email}'))
    + (select count(*) from topic_subscribers where tenant_id = $1 and user_id = 'ada')
    + (select count(*) from users where tenant_id = $1 and id = 'ada' and (display_name is not null or email is not null)) as count`;

  async function furnish(tenant: TestTenant): Promise<{ chatId: string; goneId: string; direct: string }> {
    const key = tenant.key();
    await key("PUT", "/Users/ada", { displayName: "Ada", email });
    const chatId = await makeChat(tenant, 30);
    const goneId = await makeChat(tenant, 10);
    await tenant.as("ada")("DELETE", `/Chat/${goneId}`);
    const two = { kind: "direct", memberUserIds: ["ben"] };
    const direct = await tenant.as("ada")<{ id: string }>("POST", "/Chat", two);
    await tenant.as("ada")("POST", `/Chat/${direct.body.id}/messages`, { content: "Psst" });
    await key(
      "POST",
      "/Notifications",
      { userId: "ada", subject: "Welcome", message: "Aboard", email },
      { "idempotency-key": "w" },
    );
    const scheduledFor = "2990-01-01T00:00:00Z";
    await key("POST", "/Notifications", { userId: "ada", subject: "Later", message: "Aboard", scheduledFor });
    await key("PUT", "/Users/ada/preferences", { categories: [{ type: "News", inApp: "off", email: "off" }] });
    await key("PUT", "/admin/topics/ferries", { name: "Ferries" });
    await key("POST", "/admin/topics/ferries/subscribers", { userIds: ["ada"] });
    await key("POST", "/admin/suppressions", { address: email, detail: email }, { "idempotency-key": "s" });
    await key("DELETE", `/admin/suppressions/${email}`);
    await key("POST", "/admin/suppressions", { address: email });
    return { chatId, goneId, direct: direct.body.id };
  }

  test("is counted with the calls that they made: no step goes beyond the total", async () => {
    await acme.key()("PUT", "/Users/zoe", { displayName: "Zoe" });
    await owner.query(`insert into api_requests (tenant_id, id, at, transport, operation, status, code, ms, credential, user_id, request_id)
      select 'acme', gen_random_uuid(), now(), 'rest', 'chats.list', 200, 'ok', 1, 'user', 'zoe', 'r' from generate_series(1, 30)`);
    const { taskId } = await start(acme, "/admin/users/zoe/export");
    await work(acme.tenantId, taskId);
    const { rows } = await owner.query("select done::int, total::int from tasks where id = $1", [taskId]);
    expect(rows).toEqual([{ done: 30, total: 30 }]);
  });

  test("is written into a file, whole, and erased, wholly, in one tenant alone, through workers that die", async () => {
    const there = await furnish(acme);
    await furnish(globex);
    const theirs = await count(counted, ["globex"]);
    const told = await RawHubClient.open(`${acme.url}/hub?events=all`, await acme.token("ben"));

    const calls =
      "select count(*) from api_requests where tenant_id = 'acme' and user_id = 'ada' and operation = 'chats.create'";
    await expect.poll(() => count(calls)).toBeGreaterThan(0); // they are noted a moment later
    const exported = await start(acme, "/admin/users/ada/export");
    await work(acme.tenantId, exported.taskId, dying());
    const file = await get(acme, exported.taskId);
    const lines = await download(acme, file);
    expect(records(lines, "user")).toMatchObject([{ data: { id: "ada", displayName: "Ada", email } }]);
    const whole = ["message", "membership", "notification", "preference", "suppression", "topicSubscription", "user"];
    expect(records(lines, "call").map(({ data }) => data.operation)).toContain("chats.create");
    expect(whole.reduce((sum, record) => sum + records(lines, record).length, 0)).toBe(await count(counted, ["acme"]));

    expect((await acme.key()("POST", "/admin/users/ada/erase", { confirm: "Ada" })).status).toBe(409);
    const old = acme.as("ada");
    expect((await old("GET", "/Chat")).status).toBe(200);
    const erased = await start(acme, "/admin/users/ada/erase", { confirm: "ada" });
    expect((await old("GET", "/Chat")).status).toBe(401);
    await work(acme.tenantId, erased.taskId, dying());
    expect(await get(acme, erased.taskId)).toMatchObject({ status: "done" });

    expect(await count(counted, ["acme"])).toBe(0);
    expect(await count(calls)).toBe(0);
    expect(await count(counted, ["globex"])).toBe(theirs);
    const left = `select count(*) from (select payload::text as x from events where tenant_id = 'acme' union all
      select m::text from message_edits m where tenant_id = 'acme' and edited_by = 'ada' union all select t::text from task_parts t where tenant_id = 'acme'
      union all select a::text from audit_entries a where tenant_id = 'acme'
      union all select k::text from idempotency_keys k where tenant_id = 'acme') r
      where x like '%All ab%' or x like '%Psst%' or x like '%Welcome%' or x like '%ferries.example%'`;
    expect(await count(left)).toBe(0);
    const tombstones = await acme.as("ben")<{ data: { senderId: string; content: string; deletedAt?: string }[] }>(
      "GET",
      `/Chat/${there.chatId}/messages?limit=200`,
    );
    expect(tombstones.body.data).toHaveLength(32);
    for (const { senderId, content, deletedAt } of tombstones.body.data)
      expect([content === "", deletedAt !== undefined]).toEqual(senderId === "ada" ? [true, true] : [false, false]);
    const members = await acme.as("ben")<{ data: { userId: string; role: string }[] }>(
      "GET",
      `/Chat/${there.chatId}/members?expand=true`,
    );
    expect(members.body.data.map(({ userId, role }) => [userId, role])).toEqual([["ben", "owner"]]);
    // Who was there was told, as of any deletion.
    const types = told.messages.flatMap(({ arguments: [event] = [] }) => (event ? [event.type] : []));
    expect(types.filter((type) => type === "MessageDeleted").length).toBeGreaterThan(15);
    told.socket.close();
    expect((await get(acme, exported.taskId)).taskId).toBeUndefined();
    // Once more, and nothing is different.
    const again = await start(acme, "/admin/users/ada/erase", { confirm: "ada" });
    await work(acme.tenantId, again.taskId);
    expect(await count(counted, ["acme"])).toBe(0);
    const audited = await acme.key()<{ data: { operation: string; outcome: string }[] }>(
      "GET",
      "/admin/audit?operation=users.erase",
    );
    expect(audited.body.data.map(({ outcome }) => outcome)).toEqual(["ok", "ok", "conflict"]);
  });

  test("nobody has heard of is no task", async () => {
    expect((await acme.key()("POST", "/admin/users/nobody/export")).status).toBe(404);
    expect((await acme.key()("POST", "/admin/users/nobody/erase", { confirm: "nobody" })).status).toBe(404);
  });
});

test("a task is cancelled before its end, fails for good with its words, and goes after its time; ten wait at most", async () => {
  const chatId = await makeChat(globex, 10);
  const path = `/admin/chats/${chatId}/export`;
  const cancelled = await start(globex, path);
  let steps = 0;
  await work(globex.tenantId, cancelled.taskId, () => {
    steps++;
    if (steps === 1) void owner.query("update tasks set status = 'cancelled' where id = $1", [cancelled.taskId]);
  });
  expect((await get(globex, cancelled.taskId)).status).toBe("cancelled");

  const failing = await start(globex, path);
  await owner.query("update tasks set subject = gen_random_uuid()::text where id = $1", [failing.taskId]);
  const { db } = stack.api.services;
  const job = { tenantId: globex.tenantId, taskId: failing.taskId };
  await expect(runTask({ db, stopping }, { ...job, last: false })).rejects.toThrow();
  expect(await get(globex, failing.taskId)).toMatchObject({ status: "waiting", error: expect.any(String) });
  await expect(runTask({ db, stopping }, { ...job, last: true })).rejects.toThrow();
  expect(await get(globex, failing.taskId)).toMatchObject({ status: "failed", error: expect.any(String) });

  const keeps = "update tasks set bytes = $2 where id = $1";
  await owner.query(keeps, [cancelled.taskId, 4 * 1024 ** 3]);
  const full = await start(globex, path);
  await work(globex.tenantId, full.taskId);
  expect(await get(globex, full.taskId)).toMatchObject({ status: "failed", error: expect.stringMatching("4 GiB") });
  await owner.query(keeps, [cancelled.taskId, 0]);
  await owner.query("update tasks set finished_at = now() - interval '8 days' where id = $1", [failing.taskId]);
  expect(await retainTasks(db, globex.tenantId, new Date(Date.now() - 7 * 86_400_000), 100)).toBe(1);

  for (let waiting = 0; waiting < 9; waiting++) await start(globex, path);
  // Two at once: the second one counts the first one too, and waits until that is certain.
  const startNow = (held: () => Promise<unknown>) =>
    tenantTransaction(db.prisma, globex.tenantId, async (tx) => {
      const task = { kind: "export-chat" as const, subject: chatId, startedBy: "key" };
      await startTask(tx, globex.tenantId, task);
      await held();
    });
  let second: Promise<string> | undefined;
  await startNow(async () => {
    second = startNow(async () => {}).then(
      () => "started",
      (error: { code: string }) => error.code,
    );
    await expect.poll(() => sessionsWaiting(db.pool), { timeout: 20_000 }).toBe(1);
  });
  expect(await second).toBe("conflict");
  expect((await globex.key()("POST", path)).status).toBe(409);
  const { body } = await globex.key()<{ data: Task[] }>("GET", "/admin/tasks?status=waiting&limit=4");
  const [one, two] = body.data.map(({ taskId }) => `/admin/tasks/${taskId}`);
  expect((await globex.key()("POST", `${one}/cancel`)).body.status).toBe("cancelled");
  expect((await globex.key()("DELETE", `${two}`)).status).toBe(409);
});
