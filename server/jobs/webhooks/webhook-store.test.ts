import pg from "pg";
import { afterAll, beforeAll, expect, test } from "vitest";
import { webhookPatience } from "../../domain/webhooks/policy.ts";
import { replaceWebhookSecret, saveWebhook } from "../../domain/webhooks/store.ts";
import { newId } from "../../ids.ts";
import { type Database, openDatabase } from "../../persistence/database.ts";
import { tenantTransaction } from "../../persistence/prisma.ts";
import { sessionsWaiting } from "../../testing/sessions-waiting.ts";
import { type Stack, startStack, testSecret } from "../../testing/stack.ts";
import { claimWebhook, finishWebhook, nextWebhook, type WebhookEnd } from "./webhook-store.ts";

let stack: Stack;
let db: Database;
let owner: pg.Pool;

beforeAll(async () => {
  stack = await startStack();
  db = openDatabase({ url: stack.database.runtimeUrl });
  owner = new pg.Pool({ connectionString: stack.database.ownerUrl });
});
afterAll(async () => {
  await owner.end();
  await db.close();
  await stack.close();
});

test("what got through is noted also while another one's answer disables the endpoint", async () => {
  const { tenantId, key } = await stack.tenant("acme");
  const endpointId = (await key()<{ id: string }>("POST", "/admin/webhooks", { url: "https://hooks.example/in" })).body
    .id;
  await owner.query("update webhook_endpoints set failures = 1, failing_since = now()");
  const [taken, gone] = [newId(), newId()];
  await owner.query(
    `insert into webhook_deliveries (tenant_id, id, endpoint_id, epoch, type, lane, status, tries)
     select 'acme', id, $2, 0, 'message.created', 'one', 'queued', 1 from unnest($1::uuid[]) as id`,
    [[taken, gone], endpointId],
  );
  const finish = (id: string, end: WebhookEnd) =>
    tenantTransaction(db.prisma, tenantId, (tx) =>
      finishWebhook(tx, tenantId, { id, number: 1 }, end, webhookPatience),
    );
  const other = await owner.connect();
  await other.query("begin");
  await other.query("select from webhook_deliveries where id = $1 for update", [taken]);
  const first = finish(taken, { status: "delivered", said: { ms: 1, status: 200 } });
  await expect.poll(() => sessionsWaiting(owner)).toBe(1);
  const second = finish(gone, { status: "failed", said: { ms: 1, status: 410 } });
  await expect.poll(() => sessionsWaiting(owner)).toBe(2);
  await other.query("commit");
  other.release();
  expect(await Promise.all([first, second])).toEqual([false, true]);
  const { rows } = await owner.query("select status from webhook_deliveries order by array_position($1, id)", [
    [taken, gone],
  ]);
  expect(rows).toEqual([{ status: "delivered" }, { status: "failed" }]);
});

test.each([
  ["failed", undefined, "queued"],
  ["queued", new Date(Date.now() + 3_600_000), "queued"],
  ["delivered", undefined, "delivered"],
] as const)(
  "what is asked for while it is tried is due at once after a try that ends %s",
  async (status, dueAt, ends) => {
    const { tenantId, key } = await stack.tenant(`asked-${status}`);
    const at = "/admin/webhooks";
    const endpointId = (await key()<{ id: string }>("POST", at, { url: "https://hooks.example/in" })).body.id;
    const id = newId();
    await owner.query(
      "insert into events (tenant_id, position, type, payload, at) values ($1, 1, 'message.created', '{}', now())",
      [tenantId],
    );
    await owner.query(
      `insert into webhook_deliveries (tenant_id, id, endpoint_id, position, epoch, type, lane, status, attempts, tries)
     select l.tenant_id, $2, $3, 1, log_epoch_v1(l.epoch), 'message.created', 'one', 'queued', 9, 9
     from tenant_log l where l.tenant_id = $1`,
      [tenantId, id, endpointId],
    );
    const claimed = await claimWebhook(db.pool, tenantId, endpointId, webhookPatience);
    expect(claimed).toMatchObject({ id, number: 10, attempts: 10 });
    expect((await key()("POST", `${at}/${endpointId}/deliveries/${id}/resend`)).status).toBe(200);
    await tenantTransaction(db.prisma, tenantId, (tx) =>
      finishWebhook(tx, tenantId, { id, number: 10 }, { status, dueAt, said: { ms: 1 } }, webhookPatience),
    );
    expect((await key()("GET", `${at}/${endpointId}/deliveries/${id}`)).body).toMatchObject({ status: ends });
    const again = await claimWebhook(db.pool, tenantId, endpointId, webhookPatience);
    if (ends === "queued") expect(again).toMatchObject({ id, number: 11, attempts: 1 });
    else expect(again).toBeUndefined();
  },
);

test.each([false, true])(
  "nobody comes for an endpoint in trouble that has nothing to be sent: ordered %s",
  async (ordered) => {
    const { tenantId, key } = await stack.tenant(`idle-${ordered}`);
    const url = "https://hooks.example/in";
    const endpointId = (await key()<{ id: string }>("POST", "/admin/webhooks", { url, ordered })).body.id;
    await owner.query(
      "update webhook_endpoints set failures = 10, open_until = now() - interval '1 second' where tenant_id = $1",
      [tenantId],
    );
    const next = () =>
      tenantTransaction(db.prisma, tenantId, (tx) => nextWebhook(tx, tenantId, endpointId, webhookPatience));
    expect(await next()).toBeUndefined();
    await owner.query(
      `insert into webhook_deliveries (tenant_id, id, endpoint_id, position, epoch, type, lane, status)
     values ($1, $2, $3, 1, 0, 'message.created', 'one', 'queued')`,
      [tenantId, newId(), endpointId],
    );
    expect(await next()).toBeInstanceOf(Date);
  },
);

test.each([
  ["disabled", "PATCH", { state: "disabled" }],
  ["deleted", "DELETE", undefined],
] as const)(
  "what is of an endpoint that is %s goes some at a time, and nobody comes when none is left",
  async (end, method, body) => {
    const { tenantId, key } = await stack.tenant(`ends-${end}`);
    const endpointId = (await key()<{ id: string }>("POST", "/admin/webhooks", { url: "https://hooks.example/in" }))
      .body.id;
    await owner.query(
      `insert into webhook_deliveries (tenant_id, id, endpoint_id, position, epoch, type, lane, status)
     select $1, gen_random_uuid(), $2, n, 0, 'message.created', 'one', 'queued' from generate_series(1, 5000) n`,
      [tenantId, endpointId],
    );
    const left = async () => {
      const { rows } = await owner.query(
        "select count(*)::int as left from webhook_deliveries where endpoint_id = $1 and (status = 'queued' or $2)",
        [endpointId, end === "deleted"],
      );
      return rows[0].left;
    };
    const next = () =>
      tenantTransaction(db.prisma, tenantId, (tx) => nextWebhook(tx, tenantId, endpointId, webhookPatience));
    await key()(method, `/admin/webhooks/${endpointId}`, body);
    const steps = [await left()];
    while (await next()) {
      expect(await claimWebhook(db.pool, tenantId, endpointId, webhookPatience)).toBeUndefined();
      steps.push(await left());
    }
    expect(steps).toEqual([3000, 1000, 0]);
  },
);

test.each([
  ["in any order", false, 1, 0, [1, 2, 3]],
  ["in order, of one chat", true, 1, 0, [1]],
  ["in order, of fifty", true, 50, 0, [1, 2, 3]],
  ["in order, of a lane each", true, 3000, 0, [1, 2, 3]],
  ["in order, of a lane each, behind a chat that waits", true, 3000, 60, [1, 10, 3000]], // the lanes 0, 1 and 10
])("a claim reads no more of a backlog than it needs: %s", async (_, ordered, chats, behind, claimed) => {
  const { tenantId, key } = await stack.tenant(`backlog-${ordered}-${chats}-${behind}`);
  const url = "https://hooks.example/in";
  const endpointId = (await key()<{ id: string }>("POST", "/admin/webhooks", { url, ordered })).body.id;
  await owner.query("analyze webhook_deliveries"); // as a backlog grows: the planner knows nothing of it yet
  await owner.query(
    `insert into webhook_deliveries (tenant_id, id, endpoint_id, position, epoch, type, lane, status)
     select l.tenant_id, gen_random_uuid(), $2, n, log_epoch_v1(l.epoch), 'message.created', n % $3, 'queued'
     from tenant_log l, generate_series(1, 3000) n where l.tenant_id = $1`,
    [tenantId, endpointId, chats],
  );
  await owner.query(
    `insert into webhook_deliveries (tenant_id, id, endpoint_id, position, epoch, type, lane, status, due_at)
     select l.tenant_id, gen_random_uuid(), $2, 5000 + n, log_epoch_v1(l.epoch), 'message.created', 'waits', 'queued',
       now() + case n when 0 then interval '1 hour' else interval '-1 hour' end
     from tenant_log l, generate_series(0, $3) n where l.tenant_id = $1 and $3 > 0`,
    [tenantId, endpointId, behind],
  );
  const { rows, read } = await tenantTransaction(db.prisma, tenantId, async (tx) => {
    const readSoFar = async () => {
      const [stat] = await tx.$queryRaw<{ read: number }[]>`
        select (seq_tup_read + idx_tup_fetch)::int as read from pg_stat_xact_user_tables where relname = 'webhook_deliveries'`;
      return stat?.read ?? 0;
    };
    const before = await readSoFar();
    for (let i = 0; i < 3; i++) {
      await tx.$queryRaw`select id::text from claim_webhook_v2(${tenantId}, ${endpointId}::uuid, 4, 10, '1 minute')`;
      await nextWebhook(tx, tenantId, endpointId, webhookPatience);
    }
    const read = (await readSoFar()) - before;
    const rows = await tx.$queryRaw<{ place: bigint }[]>`
      select position as place from webhook_deliveries
      where tenant_id = ${tenantId} and endpoint_id = ${endpointId}::uuid and claimed_until is not null order by 1`;
    return { rows, read };
  });
  expect(rows.map(({ place }) => Number(place))).toEqual(claimed);
  expect(read).toBeLessThan(1000);
});

test("who sets an endpoint going while another disables it begins where the log is, as one after the other would", async () => {
  const { tenantId, key } = await stack.tenant("at-once");
  const call = key();
  const { body } = await call<{ id: string }>("POST", "/admin/webhooks", { url: "https://hooks.example/in" });
  await call("POST", "/Notifications", { userId: "ada", type: "t", subject: "s", message: "m" });
  const save = (state: "disabled" | "active", held = async () => {}) =>
    tenantTransaction(db.prisma, tenantId, async (tx) => {
      const row = await saveWebhook(tx, tenantId, body.id, { state });
      await held();
      return row;
    });
  let second: ReturnType<typeof save> | undefined;
  const first = await save("disabled", async () => {
    second = save("active");
    await expect.poll(() => sessionsWaiting(owner), { timeout: 20_000 }).toBe(1);
  });
  const { rows } = await owner.query("select position from tenant_log where tenant_id = $1", [tenantId]);
  expect(await second).toMatchObject({ state: "active", fromPosition: BigInt(rows[0].position) });
  expect(first.fromPosition).toBeLessThan(BigInt(rows[0].position));
});

test("of two that replace an endpoint's secret at once the second one keeps the first one's new secret as its old one", async () => {
  const { tenantId, key } = await stack.tenant("turn-about");
  const { body } = await key()<{ id: string }>("POST", "/admin/webhooks", { url: "https://hooks.example/in" });
  const rotate = (held = async () => {}) =>
    tenantTransaction(db.prisma, tenantId, async (tx) => {
      const which = { webhookId: body.id, oldUntil: new Date(Date.now() + 60_000) };
      const { row } = await replaceWebhookSecret(tx, tenantId, testSecret, which);
      await held();
      return row;
    });
  let second: ReturnType<typeof rotate> | undefined;
  const first = await rotate(async () => {
    second = rotate();
    await expect.poll(() => sessionsWaiting(owner), { timeout: 20_000 }).toBe(1);
  });
  expect((await second)?.oldSecret).toBe(first.secret);
});

test("a list of deliveries that ends with its page says so, stays between both its ends, and goes on from what is gone", async () => {
  const paged = await stack.tenant("paged");
  const { tenantId } = paged;
  const key = paged.key();
  const made = await key<{ id: string }>("POST", "/admin/webhooks", { url: "https://hooks.example/in" });
  await owner.query(
    `insert into webhook_deliveries (tenant_id, id, endpoint_id, epoch, type, lane, status, created_at)
     select $1, gen_random_uuid(), $2, 0, 'message.created', 'one', 'delivered', now() - n * interval '1 s' from generate_series(1, 5) n`,
    [tenantId, made.body.id],
  );
  const list = async (query: string) =>
    (
      await key<{ data: { id: string }[]; nextCursor: string | null; prevCursor: string | null }>(
        "GET",
        `/admin/webhooks/${made.body.id}/deliveries?${query}`,
      )
    ).body;
  const all = (await list("limit=5")).data.map(({ id }) => id);
  expect([all.length, (await list("limit=5")).nextCursor]).toEqual([5, null]);
  const places = await Promise.all(all.map(async (_, n) => (await list(`limit=${n + 1}`)).nextCursor));
  const last = (await list(`limit=1&before=${places[3]}`)).prevCursor;
  const ids = async (query: string) => (await list(query)).data.map(({ id }) => id);
  expect(await ids(`limit=2&after=${last}`)).toEqual([all[2], all[3]]);
  expect(await ids(`before=${places[0]}&after=${places[3]}`)).toEqual([all[1], all[2]]);
  // Whoever reads where retention is at goes on from a place whose row it took.
  await owner.query("delete from webhook_deliveries where id = any ($1)", [[all[2], all[3]]]);
  expect(await ids(`before=${places[2]}`)).toEqual([all[4]]);
  expect(await ids(`after=${places[2]}`)).toEqual([all[0], all[1]]);
});
