import { Client } from "pg";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { newId } from "../../ids.ts";
import { sessionsWaiting } from "../../testing/sessions-waiting.ts";
import { type Caller, type Stack, startStack, type TestTenant } from "../../testing/stack.ts";
import { localInstant } from "../notifications/policy.ts";
import { runBatch } from "./run-batch.ts";
import type { Batch } from "./schema.ts";
import { makeStep } from "./store.ts";

let stack: Stack;
let tenant: TestTenant;
let key: Caller;

beforeAll(async () => {
  stack = await startStack();
  tenant = await stack.tenant("acme");
  key = tenant.key();
});
afterAll(() => stack.close());

test("are listed newest first in both forms, of one status or all", async () => {
  const ids: string[] = [];
  for (let n = 0; n < 5; n++) {
    const scheduledFor = n === 2 ? "2990-01-01T00:00:00Z" : undefined;
    const said = { userIds: ["a"], subject: "s", message: "m", scheduledFor };
    ids.unshift((await key<Batch>("POST", "/Notifications/bulk", said)).body.id);
  }
  interface List {
    data: Batch[];
    totalCount: number;
    nextCursor: string | null;
    prevCursor: string | null;
  }
  const list = async (asked: string) => {
    const { body } = await key<List>("GET", `/Notifications/batches?${asked}`);
    return { ...body, data: body.data.map(({ id }) => id) };
  };
  expect(await list("pageNumber=2&pageSize=2")).toMatchObject({ totalCount: 5, data: ids.slice(2, 4) });
  expect(await list("status=scheduled")).toMatchObject({ totalCount: 1, data: [ids[2]] });
  const first = await list("limit=2");
  expect(first).toEqual({ data: ids.slice(0, 2), nextCursor: ids[1], prevCursor: ids[0] });
  const second = await list(`limit=2&before=${first.nextCursor}`);
  expect(second.data).toEqual(ids.slice(2, 4));
  expect(await list(`limit=2&before=${second.nextCursor}`)).toMatchObject({ data: ids.slice(4), nextCursor: null });
  expect(await list(`limit=2&after=${ids[4]}`)).toMatchObject({ data: ids.slice(2, 4), prevCursor: ids[2] });
  expect(await list(`after=${ids[0]}`)).toMatchObject({ data: [], nextCursor: null, prevCursor: ids[0] });
  expect((await list("limit=2&status=scheduled")).data).toEqual([ids[2]]);
  expect((await list(`limit=2&status=scheduled&before=${ids[2]}`)).data).toEqual([]);
  expect(await key("GET", "/Notifications/batches?after=1")).toMatchObject({
    status: 400,
    body: { code: "cursor_invalid" },
  });
});

test("a send of thousands that wait is taken back in steps, so that nobody waits for all of it", async () => {
  const said = { userIds: ["tom"], subject: "s", message: "m", scheduledForLocal: "2990-01-01T09:00" };
  const { id } = (await key<Batch>("POST", "/Notifications/bulk", said)).body;
  const made = await key<{ id: string }>("POST", "/Notifications", { ...said, userIds: undefined, userId: "tom" });
  const owner = new Client({ connectionString: stack.database.ownerUrl });
  await owner.connect();
  const copies = `insert into notifications select (jsonb_populate_record(n, jsonb_build_object('id', gen_random_uuid(), 'batch_id', $2::text))).*
    from notifications n, generate_series(1, 1000) where n.id = $1`;
  await owner.query(copies, [made.body.id, id]);
  // The database goes away after the first commit: that it ended is stored, and a repeat goes on.
  await owner.query(
    `create function gone() returns trigger language plpgsql as $$ begin raise sqlstate '57P01'; end $$`,
  );
  await owner.query("create trigger gone before update on notifications for each statement execute function gone()");
  expect(await key("DELETE", `/Notifications/batches/${id}`)).toMatchObject({
    status: 503,
    body: { code: "outcome-unknown" },
  });
  await owner.query("drop function gone cascade");
  expect(await key("DELETE", `/Notifications/batches/${id}`)).toMatchObject({
    status: 200,
    body: { status: "cancelled" },
  });
  const { rows } = await owner.query(
    `select count(*)::int as n, count(distinct xmin::text)::int > 1 as "inSteps" from notifications where batch_id = $1 and status = 'cancelled'`,
    [id],
  );
  await owner.end();
  expect(rows).toEqual([{ n: 1000, inSteps: true }]);
  expect((await key(`GET`, `/admin/deliveries/summary?batchId=${id}`)).body).toMatchObject({
    email: { total: 1000, statuses: { cancelled: 1000 } },
  });
  expect((await key("DELETE", `/Notifications/batches/${id}`)).status).toBe(200);
});

describe("a send by everybody's own clock reaches at nine who moves while it is made", () => {
  let now: number;
  let local: string;
  let there: Date;
  // Soon, by the time of each test: the file may have taken long by then.
  beforeEach(() => {
    const begins = Date.now() + 30_000;
    now = begins + 1000;
    local = new Date(begins + 14 * 3_600_000).toISOString().slice(0, 19);
    there = localInstant(local, "America/New_York");
  });
  const move = (userId: string) => key("PUT", `/Users/${userId}`, { timezone: "America/New_York" });
  const send = async (userId: string) =>
    (
      await key<Batch>("POST", "/Notifications/bulk", {
        userIds: [userId],
        subject: "s",
        message: "m",
        scheduledForLocal: local,
      })
    ).body.id;
  /** Of what was read before. */
  const step = (id: string, userId: string) => {
    const rows = [{ id: newId(), userId, filed: false, scheduledFor: localInstant(local, "UTC"), zone: "UTC" }];
    const by = { type: "General", scheduledFor: null, scheduledLocal: local };
    const next = { by, done: 0, passed: 1, cursor: userId, finished: true, rows, now: new Date(now) };
    return makeStep(stack.api.services.db.pool, tenant.tenantId, id, next);
  };
  const timesOf = async (batchId: string) => {
    const { db } = stack.api.services;
    while (await runBatch(db, tenant.tenantId, batchId, now));
    const rows = await db.forTenant(tenant.tenantId).notification.findMany({ where: { batchId } });
    return rows.map(({ scheduledFor }) => scheduledFor);
  };

  test("before their step", async () => {
    const id = await send("ula");
    await move("ula");
    expect(await step(id, "ula")).toBeUndefined();
    expect(await timesOf(id)).toEqual([there]);
    expect(await step(await send("uno"), "uno")).toBeDefined();
  });

  test("during it", async () => {
    const id = await send("ute");
    const owner = new Client({ connectionString: stack.database.ownerUrl });
    await owner.connect();
    await owner.query("begin");
    await owner.query("select from tenant_log where tenant_id = 'acme' for no key update");
    const stepping = step(id, "ute");
    await expect.poll(() => sessionsWaiting(owner), { timeout: 20_000 }).toBe(1);
    const moving = move("ute");
    await expect.poll(() => sessionsWaiting(owner), { timeout: 20_000 }).toBe(2);
    await owner.query("commit");
    await Promise.all([stepping, moving]).finally(() => owner.end());
    expect(await timesOf(id)).toEqual([there]);
  });
});
