import pg from "pg";
import { afterAll, beforeAll, expect, test } from "vitest";
import { newId } from "../../ids.ts";
import { Planner } from "../../log/planner.ts";
import { type Stack, startStack, type TestTenant } from "../../testing/stack.ts";
import { consumers } from "../consumers.ts";
import { runRetention } from "../retention.ts";
import { retainWebhooks } from "../store.ts";

let stack: Stack;
let acme: TestTenant;
let owner: pg.Client;
let endpointId: string;

beforeAll(async () => {
  stack = await startStack();
  acme = await stack.tenant("acme");
  owner = new pg.Client({ connectionString: stack.database.ownerUrl });
  await owner.connect();
  endpointId = (await acme.key()<{ id: string }>("POST", "/admin/webhooks", { url: "https://hooks.example/in" })).body
    .id;
  await acme.key()("PATCH", `/admin/webhooks/${endpointId}`, { state: "paused" });
});
afterAll(async () => {
  await owner.end();
  await stack.close();
});

interface Listed {
  id: string;
  status: string;
  detail?: string;
}
const listed = async () => {
  const { body } = await acme.key()<{ data: Listed[] }>("GET", `/admin/webhooks/${endpointId}/deliveries?limit=200`);
  return new Map(body.data.map((each) => [each.id, each]));
};
const insert = async (statuses: string[], days: number, { endpoint = endpointId, sample = false } = {}) => {
  const made = statuses.map(() => newId());
  await owner.query(
    `insert into webhook_deliveries (tenant_id, id, endpoint_id, position, epoch, type, lane, status, sample, due_at, created_at, updated_at)
     select 'acme', id, $3, case when $5 then null else (select coalesce(max(position), 0) from webhook_deliveries) + n end, 0,
       'message.created', 'one', status, case when $5 then '{}'::jsonb end, at, at, at
     from unnest($1::uuid[], $2::text[]) with ordinality as x (id, status, n), (select now() - $4 * interval '1 day' as at) y`,
    [made, statuses, endpoint, days, sample],
  );
  return made;
};
const retain = () => runRetention(stack.api.services.db);

test("what still waits when its event is no longer kept is listed as expired, with the reason, for as long again", async () => {
  const statuses = ["queued", "waiting", "expired", "delivered", "failed"];
  const old = await insert(statuses, 15);
  const young = await insert(statuses, 13);
  const sample = await insert(["queued"], 15, { sample: true });
  const orphan = await insert(["queued"], 15, { endpoint: newId() });
  await retain();
  const expired = { status: "expired", detail: "The event is no longer kept, so it can be neither sent nor replayed" };
  const shown = await listed();
  expect(old.map((id) => shown.get(id))).toMatchObject([expired, expired, { status: "expired" }, undefined, undefined]);
  expect(young.map((id) => shown.get(id)?.status)).toEqual(statuses);
  expect(shown.get(sample[0] ?? "")).toMatchObject({
    status: "expired",
    detail: "It waited for longer than events are kept",
  });
  expect((await owner.query("select 1 from webhook_deliveries where id = any ($1)", [orphan])).rowCount).toBe(0);
  const one = await acme.key()("GET", `/admin/webhooks/${endpointId}/deliveries/${old[0]}`);
  expect(one.body).toMatchObject({ ...expired, tries: [] });
  await retain();
  expect((await listed()).size).toBe(shown.size);
  const later = (days: number) =>
    owner.query(
      `update webhook_deliveries set created_at = created_at - $2 * interval '1 day', updated_at = now() - $2 * interval '1 day'
       where id = any ($1)`,
      [[...old, ...sample], days],
    );
  await later(12);
  await retain();
  expect((await listed()).size).toBe(shown.size);
  await later(2); // long past, but shown for two days only
  await retain();
  expect((await listed()).size).toBe(shown.size);
  await later(15);
  await retain();
  expect([...(await listed()).keys()].toSorted()).toEqual(young.toSorted());
});

test("of any number so many are ended, and so many go, at a time", async () => {
  await owner.query("delete from webhook_deliveries");
  await insert(Array(25).fill("queued"), 15);
  await insert(Array(15).fill("delivered"), 15);
  const { pool } = stack.api.services.db;
  const before = new Date(Date.now() - 14 * 24 * 60 * 60_000);
  const done: number[] = [];
  for (let step = 0; step < 4; step++) done.push(await retainWebhooks(pool, acme.tenantId, before, 10));
  expect(done).toEqual([10, 10, 15, 5]);
  expect([...(await listed()).values()].map(({ status }) => status)).toEqual(Array(25).fill("expired"));
});

/** How many deliveries are read by one step of what a tenant keeps, and how many end or go by it. */
async function readByRetaining() {
  await owner.query("analyze webhook_deliveries, events");
  await owner.query("begin");
  const readSoFar = async () => {
    const { rows } = await owner.query<{ read: number }>(
      `select sum(seq_tup_read + idx_tup_fetch)::int as read from pg_stat_xact_user_tables where relname in ('webhook_deliveries', 'events')`,
    );
    return rows[0]?.read ?? 0;
  };
  const before = await readSoFar();
  const { rows } = await owner.query<{ done: number }>(
    "select retain_webhooks_v3('acme', now() - interval '14 days', 100) as done",
  );
  const read = (await readSoFar()) - before;
  await owner.query("commit");
  return { done: rows[0]?.done, read };
}

test("neither what is still shown nor what is young is walked through", async () => {
  await owner.query("delete from webhook_deliveries");
  await insert(Array(3000).fill("expired"), 20);
  await insert(Array(3000).fill("queued"), 3);
  await insert(["queued", "waiting", "delivered", "failed"], 15);
  const { done, read } = await readByRetaining();
  expect(done).toBe(4);
  expect(read).toBeLessThan(100);
});

test("nor is what waits for events that are old and still kept, as a planner is behind", async () => {
  await owner.query("delete from webhook_deliveries");
  await insert(["queued", "waiting"], 17);
  await insert(Array(3000).fill("queued"), 15);
  await insert(Array(3000).fill("waiting"), 15);
  await owner.query(
    `insert into events (tenant_id, position, type, payload, at)
     select 'acme', position, type, '{}', created_at - interval '1 second' from webhook_deliveries
     where created_at > now() - interval '16 days'`,
  );
  const { done, read } = await readByRetaining();
  await owner.query("delete from events where tenant_id = 'acme'");
  expect(done).toBe(2);
  expect(read).toBeLessThan(100);
});

test("an event that is kept until every effect of it is planned can be sent until then, however old it is", async () => {
  const late = await stack.tenant("late");
  const key = late.key();
  const { body: endpoint } = await key<{ id: string }>("POST", "/admin/webhooks", { url: "https://hooks.example/in" });
  const path = `/admin/webhooks/${endpoint.id}`;
  await key("PATCH", path, { state: "paused" });
  await late.as("ada")("POST", "/Chat", { name: "Crew", memberUserIds: ["ben"] });
  const onError = (error: unknown) => {
    throw error;
  };
  await new Planner({ db: stack.api.services.db, consumers, onError }).plan(late.tenantId);
  const shift = "interval '15 days' where tenant_id = 'late'";
  await owner.query(`update events set at = at - ${shift}`);
  await owner.query(
    `update webhook_deliveries set created_at = created_at - interval '15 days', updated_at = updated_at - interval '15 days', due_at = due_at - ${shift}`,
  );
  const behind = (position: string) =>
    owner.query(`update planner_cursors set position = ${position} where tenant_id = 'late' and consumer = 'away'`);
  await behind("0");
  const all = async () => {
    const { body } = await key<{ data: Listed[] }>("GET", `${path}/deliveries`);
    return Promise.all(body.data.map(async ({ id }) => (await key<object>("GET", `${path}/deliveries/${id}`)).body));
  };
  const resend = async () => {
    const { body } = await key<{ data: Listed[] }>("GET", `${path}/deliveries`);
    return key("POST", `${path}/deliveries/${body.data[0]?.id}/resend`);
  };
  await retain();
  const kept = await all();
  expect(kept.length).toBeGreaterThan(0);
  expect(kept).toEqual(kept.map(() => expect.objectContaining({ status: "queued", body: expect.any(Object) })));
  expect(await resend()).toMatchObject({ status: 200, body: { status: "queued" } });
  await owner.query(`update webhook_deliveries set due_at = created_at where tenant_id = 'late'`);
  await behind("(select position from tenant_log where tenant_id = 'late')");
  await retain();
  const detail = "The event is no longer kept, so it can be neither sent nor replayed";
  const over = await all();
  expect(over).toEqual(kept.map(() => expect.objectContaining({ status: "expired", detail })));
  for (const one of over) expect(one).not.toHaveProperty("body");
  expect(await resend()).toMatchObject({ status: 409, body: { detail } });
  expect(await all()).toEqual(over);
});
