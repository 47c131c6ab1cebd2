import { randomUUID } from "node:crypto";
import pg from "pg";
import { afterAll, beforeAll, expect, test } from "vitest";
import { Planner } from "../../log/planner.ts";
import { type Stack, startStack } from "../../testing/stack.ts";
import { runBatch } from "../batches/run-batch.ts";
import { settleDue } from "../notifications/settle-due.ts";
import { planWebhooks } from "../webhooks/plan-webhooks.ts";
import { planDeliveries } from "./plan-deliveries.ts";

// What a restored backup holds as still to come may have gone out after it was made.

let stack: Stack;
let owner: pg.Client;

beforeAll(async () => {
  stack = await startStack();
  owner = new pg.Client({ connectionString: stack.database.ownerUrl });
  await owner.connect();
});
afterAll(async () => {
  await owner.end();
  await stack.close();
});

const onError = (error: unknown) => {
  throw error;
};
const hour = 3_600_000;

test("what was due before a restore was noticed waits for an operator, as the rest of a send that had begun does", async () => {
  const { tenantId, key } = await stack.tenant("acme");
  const { db } = stack.api.services;
  await db.forTenant(tenantId).webhookEndpoint.create({
    data: {
      tenantId,
      id: randomUUID(),
      url: "https://example.com",
      secret: "s",
      types: ["notification.created"],
      fromPosition: 0n,
    },
  });
  const planner = new Planner({ db, consumers: [planDeliveries, planWebhooks], onError });
  const plan = () => planner.plan(tenantId);
  const text = { type: "Welcome", message: "m" };
  const schedule = (subject: string, at: number) =>
    key()("POST", "/Notifications", {
      ...{ ...text, subject, userId: subject, email: `${subject}@example.com` },
      scheduledFor: new Date(Date.now() + at).toISOString(),
    });
  const send = async (subject: string, userIds: string[]) =>
    (await key()<{ id: string }>("POST", "/Notifications/bulk", { ...text, subject, userIds })).body.id;
  const users = Array.from({ length: 60 }, (_, n) => `user-${n}`);
  for (const id of users)
    await owner.query("insert into users (tenant_id, id, email) values ('acme', $1, $1 || '@example.com')", [id]);
  await owner.query(
    "insert into preferences (tenant_id, user_id, type, channel, enabled) select 'acme', id, '*', 'email', true from users",
  );
  const out = async () =>
    Object.fromEntries(
      (
        await owner.query(
          `select d.subject || ' ' || d.status || ' ' || w.status as what, count(*)::int as n
           from deliveries d join webhook_deliveries w on w.tenant_id = d.tenant_id and 'event:' || w.position = d.cause
           where d.tenant_id = 'acme' and d.channel = 'email' group by 1 order by 1`,
        )
      ).rows.map(({ what, n }) => [what, n]),
    );

  await schedule("before", hour);
  await schedule("after", 2 * hour);
  const begun = await send("begun", users);
  await expect
    .poll(async () => (await owner.query("select done from notification_batches where id = $1", [begun])).rows[0]?.done)
    .toBe(50); // the first step, which the node that accepts a send does itself
  await plan();
  expect(await out()).toEqual({ "begun queued queued": 50 });

  await owner.query("update tenant_log set epoch = epoch + 1 where tenant_id = 'acme'");
  await owner.query("update notifications set scheduled_for = now() - interval '1 second' where subject = 'before'");
  await plan();
  const now = Date.now() + 3 * hour;
  await settleDue(db, tenantId, now);
  while (await runBatch(db, tenantId, begun, now));
  const later = await send("later", ["user-1"]);
  while (await runBatch(db, tenantId, later, now));
  await plan();
  expect(await out()).toEqual({
    "after queued queued": 1,
    "before waiting waiting": 1,
    "begun queued queued": 50,
    "begun waiting waiting": 10,
    "later queued queued": 1,
  });
});
