import { afterAll, beforeAll, expect, test } from "vitest";
import { countLogs } from "../../jobs/count-minutes.ts";
import { runRetention } from "../../jobs/retention.ts";
import { Owner } from "../../testing/chaos/owner.ts";
import { eventually, stockClient } from "../../testing/hub-client.ts";
import { type Stack, startStack, type TestTenant } from "../../testing/stack.ts";
import { latencyPlace } from "./policy.ts";
import type { Metrics } from "./schema.ts";
import { minutesKeptFor } from "./schema.ts";

// Charts show what SQL says of the same traffic.

let stack: Stack;
let acme: TestTenant;
let bmce: TestTenant;
let owner: Owner;
let clock = Date.UTC(2026, 0, 5, 10, 30, 20);

beforeAll(async () => {
  stack = await startStack({}, () => clock);
  [acme, bmce] = [await stack.tenant("acme"), await stack.tenant("bmce")];
  owner = await Owner.open(stack.database.ownerUrl);
});
afterAll(async () => {
  await owner.close();
  await stack.close();
});

const read = async (tenant: TestTenant, range: string) =>
  (await tenant.key()<Metrics>("GET", `/admin/metrics?range=${range}`)).body;

/** Sets when the tenant's events happened: the log has the database's clock. */
async function spread(tenantId: string): Promise<void> {
  await owner.client.query(
    "update events set at = $2::timestamptz - (position % 40) * interval '3 minutes' where tenant_id = $1",
    [tenantId, new Date(clock)],
  );
}

test("messages, notifications and failures are what SQL counts, once, however often the log is counted", async () => {
  const ada = acme.as("ada");
  const { id } = (await ada<{ id: string }>("POST", "/Chat", { name: "Crew", memberUserIds: ["ben"] })).body;
  for (let i = 0; i < 60; i++) await ada("POST", `/Chat/${id}/messages`, { content: `${i}` });
  for (let i = 0; i < 25; i++)
    await acme.key()("POST", "/Notifications", { userId: "ben", subject: "s", message: "m" });
  await spread("acme");
  const uncounted = (await read(acme, "month")).total;
  await Promise.all([countLogs(stack.api.services.db), countLogs(stack.api.services.db)]);
  // Who locks a row leaves its number on it: a log that did not grow is not claimed.
  const claims = async () => (await owner.client.query("select tenant_id, xmax from planner_cursors order by 1")).rows;
  const claimed = await claims();
  await countLogs(stack.api.services.db);
  expect(await claims()).toEqual(claimed);
  expect(uncounted).toMatchObject({ messages: 60, notifications: 25 });
  await owner.client.query(
    `insert into deliveries (tenant_id, id, cause, user_id, channel, kind, type, subject, status, epoch, updated_at)
     select 'acme', gen_random_uuid(), 'event:' || n, 'ben', 'email', 'notification', 't', 's',
       (array['failed', 'bounced', 'sent'])[1 + n % 3], 1, $1::timestamptz - n * interval '11 minutes' from generate_series(1, 30) n`,
    [new Date(clock)],
  );
  for (const [range, step] of [
    ["hour", "1 minute"],
    ["day", "15 minutes"],
    ["month", "6 hours"],
  ] as const) {
    const { from, to, points, total } = await read(acme, range);
    const { rows } = await owner.client.query<{ at: Date; messages: number; notifications: number; failures: number }>(
      `select p as at,
         (select count(*)::int from events where tenant_id = 'acme' and type = 'message.created' and at >= p and at < p + $3::interval) as messages,
         (select count(*)::int from events where tenant_id = 'acme' and type = 'notification.created' and at >= p and at < p + $3::interval) as notifications,
         (select count(*)::int from deliveries where tenant_id = 'acme' and status in ('failed', 'bounced')
            and updated_at >= p and updated_at < p + $3::interval) as failures
       from generate_series($1::timestamptz, $2::timestamptz - $3::interval, $3::interval) p`,
      [from, to, step],
    );
    const failed = await acme.key()<{ totalCount: number }>("GET", `/admin/deliveries?failedSince=${from}&pageSize=1`);
    expect(failed.body.totalCount, "the list of what failed has them all").toBe(total.failures);
    const shown = points.map(({ at, messages, notifications, failures }) => ({
      at,
      messages,
      notifications,
      failures,
    }));
    expect(shown).toEqual(rows.map((row) => ({ ...row, at: row.at.toISOString() })));
    expect(total.messages).toBe(rows.reduce((sum, { messages }) => sum + messages, 0));
    if (range !== "hour") expect(total).toMatchObject({ messages: 60, notifications: 25 });
  }
  expect((await read(bmce, "month")).total).toMatchObject({ messages: 0, notifications: 0, failures: 0 });
});

test("calls, their time and open connections are what the nodes saw together", async () => {
  const second = await stack.another();
  const sockets = await Promise.all(
    [stack.url, second.url].map(async (url) => {
      const socket = stockClient(`${url}/tenant/bmce/v1/hub`, { token: () => bmce.token("ada") });
      await socket.start();
      return socket;
    }),
  );
  const before = (await read(bmce, "hour")).total.calls;
  for (let i = 0; i < 10; i++) await bmce.as("ben")("GET", "/Chat");
  clock += 60_000; // the minute's sample of connections comes with its first writing
  await stack.api.services.minutes.flush();
  await second.api.services.minutes.flush();
  await stack.api.services.minutes.flush();
  const { points, total } = await read(bmce, "hour");
  await eventually(async () => expect((await read(bmce, "hour")).connectionsNow).toBe(2));
  expect(points.at(-1)).toMatchObject({
    connections: 2,
    at: new Date(Math.floor(clock / 60_000) * 60_000).toISOString(),
  });
  expect(total.calls - before).toBeGreaterThanOrEqual(10);
  expect(total.faults).toBe(0);
  expect(total.p50Ms).toBeGreaterThan(0);
  expect(total.p99Ms).toBeGreaterThanOrEqual(total.p50Ms ?? Infinity);
  const { rows: open } = await owner.client.query(
    "select count(*)::int as open from connections where tenant_id = 'bmce' and not ending",
  );
  expect((await read(bmce, "hour")).connectionsNow).toBe(open[0].open);
  await Promise.all(sockets.map((socket) => socket.stop()));
});

test("the times that half and 99 of 100 calls took are, to a step, what SQL says of the log of requests", async () => {
  const cmce = await stack.tenant("cmce");
  const ada = cmce.as("ada");
  await Promise.all(Array.from({ length: 60 }, (_, i) => ada("POST", "/Chat", { name: `Chat ${i}` })));
  await Promise.all(Array.from({ length: 60 }, () => ada("GET", "/Chat")));
  await stack.api.services.minutes.flush();
  const noted = async () => {
    const { rows } = await owner.client.query<{ p50: number; p99: number; calls: number }>(
      `select percentile_disc(0.5) within group (order by ms) as p50, percentile_disc(0.99) within group (order by ms) as p99,
         count(*)::int as calls from api_requests where tenant_id = 'cmce'`,
    );
    return rows[0];
  };
  await eventually(async () => expect((await noted())?.calls).toBe(120)); // written once a second
  const said = await noted();
  const { total } = await read(cmce, "hour");
  expect(total.calls).toBe(said?.calls);
  for (const [shown, exact] of [
    [total.p50Ms, said?.p50],
    [total.p99Ms, said?.p99],
  ] as [number, number][])
    expect(Math.abs(latencyPlace(shown) - latencyPlace(exact)), `${shown} ms shown, ${exact} ms`).toBeLessThanOrEqual(
      1,
    );
});

test("a long poll counts with its work, not with its waiting", async () => {
  const cleo = bmce.as("cleo");
  const { nextCursor } = (await cleo<{ nextCursor: string }>("GET", "/events")).body;
  await stack.api.services.minutes.flush();
  clock += 3_600_000;
  await cleo("GET", `/events?after=${nextCursor}&wait=1`);
  await stack.api.services.minutes.flush();
  expect((await read(bmce, "hour")).total.p99Ms).toBeLessThan(900);
});

test("frames that are waited for count the same: an open inspector is no slow service", async () => {
  const dmce = await stack.tenant("dmce");
  const ask = async (more: string) =>
    (await dmce.key()<{ data: unknown[]; nextCursor: string }>("GET", `/admin/frames?${more}`)).body;
  const { nextCursor } = await ask("");
  expect((await ask(`after=${nextCursor}&wait=1`)).data).toEqual([]);
  await stack.api.services.minutes.flush();
  const { calls, p99Ms } = (await read(dmce, "hour")).total;
  expect(calls).toBe(2);
  expect(p99Ms).toBeLessThan(900);
});

test("the mean of connections is that of the minutes so far, and unknown before the first of them has its sample", async () => {
  const emce = await stack.tenant("emce");
  const step = 6 * 3_600_000;
  const begin = (Math.floor(clock / step) + 1) * step;
  const sample = (from: number, upto: number) =>
    owner.client.query(
      `insert into tenant_minutes (tenant_id, minute, connections, latencies)
       select 'emce', $1::timestamptz + n * interval '1 minute', 2, '{}' from generate_series($2::int, $3::int) n`,
      [new Date(begin), from, upto],
    );
  const lastOf = async (range: string) => (await read(emce, range)).points.at(-1)?.connections;

  clock = begin + 20_000;
  await sample(-60, -1);
  for (const range of ["hour", "day", "month"]) expect(await lastOf(range), range).toBeUndefined();
  await sample(0, 0);
  for (const range of ["hour", "day", "month"]) expect(await lastOf(range), range).toBe(2);
  clock = begin + 3_600_000 + 20_000;
  await sample(1, 59);
  expect(await lastOf("month"), "this minute has no sample yet").toBe(2);
  await sample(60, 60);
  for (const range of ["hour", "day", "month"]) expect(await lastOf(range), range).toBe(2);
  expect((await read(emce, "month")).points.at(-2)?.connections).toBe(0.33);
});

test("what is older than two months goes", async () => {
  await runRetention(stack.api.services.db, clock + minutesKeptFor + 3 * 3_600_000);
  const { rows } = await owner.client.query(
    "select count(*)::int as left from tenant_minutes where tenant_id = 'acme'",
  );
  expect(rows).toEqual([{ left: 0 }]);
});
