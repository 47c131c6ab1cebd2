import { Client } from "pg";
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { type Stack, startStack, type TestTenant } from "../../testing/stack.ts";
import type { Notification } from "./schema.ts";
import { settleDue } from "./settle-due.ts";

let stack: Stack;
let tenant: TestTenant;

beforeAll(async () => {
  stack = await startStack();
  tenant = await stack.tenant("acme");
});
afterAll(() => stack.close());

async function query(sql: string, values: unknown[]): Promise<void> {
  const pg = new Client({ connectionString: stack.database.ownerUrl });
  await pg.connect();
  await pg.query(sql, values);
  await pg.end();
}

const fill = (userId: string, count: number) =>
  query(
    `insert into notifications (tenant_id, id, user_id, type, subject, message, status, position, created_at, visible_at)
     select 'acme', gen_random_uuid(), $1, 'General', 's', 'm', 'visible', -n, now(), now() from generate_series(1, $2::int) n`,
    [userId, count],
  );

async function create(userId: string): Promise<string> {
  return (await tenant.key()<Notification>("POST", "/Notifications", { userId, subject: "s", message: "m" })).body.id;
}

type Put = (id: string, way: string, body?: object) => Promise<{ status: number }>;

/** Has something done once after the first step of what comes next. */
function afterFirstStep(act: () => Promise<unknown>) {
  const { lanes } = stack.api.services.db;
  const submit = lanes.submit.bind(lanes);
  return vi.spyOn(lanes, "submit").mockImplementationOnce(async (...asked) => {
    const answer = await submit(...asked);
    await act();
    return answer;
  });
}

test.each(["read", "seen"] as const)("what comes while all the rest is being %s is left as it is", async (done) => {
  const userId = `${done}-by`;
  await fill(userId, 1100);
  let late = "";
  const spy = afterFirstStep(async () => {
    late = await create(userId);
  });
  const { body } = await tenant.as(userId)("PUT", `/Notifications/${done}-all`);
  spy.mockRestore();
  const { body: left } = await tenant.as(userId)<Notification>("GET", `/Notifications/${late}`);
  expect(left[`${done}At`]).toBeUndefined();
  expect(body).toEqual({ changed: 1100 });
});

const wake = (id: string) => query("update notifications set snoozed_until = clock_timestamp() where id = $1", [id]);
const settle = () => settleDue(stack.api.services.db, tenant.tenantId, Date.now());

test.each([
  ["wakes", "snooze", "comes back from its snooze", (id: string) => wake(id).then(settle)],
  ["sleeps", "snooze", "comes back from its snooze, and no worker has been by", wake],
  ["called", "snooze", "is called back from its snooze", (id: string, put: Put) => put(id, "snooze")],
  [
    "filed",
    "archive",
    "is taken out of the archive",
    (id: string, put: Put) => put(id, "archive", { archived: false }),
  ],
  ["read", "read", "is marked as unread", (id: string, put: Put) => put(id, "read", { read: false })],
] as const)("%s: of what was put away by %s, what %s while the rest is being read stays unread", async (...given) => {
  const [userId, path, , act] = given;
  const put: Put = (id, way, body = {}) => tenant.as(userId)("PUT", `/Notifications/${id}/${way}`, body);
  const until = new Date(Date.now() + 3_600_000).toISOString();
  await fill(userId, 600);
  const [early, late] = [await create(userId), await create(userId)];
  await put(early, "snooze", { until });
  await wake(early);
  await settle();
  expect((await put(late, path, path === "snooze" ? { until } : {})).status).toBe(200);
  const spy = afterFirstStep(() => act(late, put));
  const { body } = await tenant.as(userId)("PUT", "/Notifications/read-all");
  spy.mockRestore();
  const isRead = async (id: string) =>
    (await tenant.as(userId)<Notification>("GET", `/Notifications/${id}`)).body.isRead;
  expect([await isRead(early), await isRead(late)]).toEqual([true, false]);
  expect(body).toEqual({ changed: 601 });
});
