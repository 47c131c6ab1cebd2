import pg from "pg";
import { expect, test, vi } from "vitest";
import { RawHubClient } from "../testing/hub-client.ts";
import { startStack } from "../testing/stack.ts";

test("a revocation closes connections also while presence cannot be tidied", async () => {
  const stack = await startStack();
  const owner = new pg.Client({ connectionString: stack.database.ownerUrl });
  await owner.connect();
  const tenant = await stack.tenant("acme");
  await owner.query("drop function drop_dead_presence_v1(text)");
  const client = await RawHubClient.open(`${tenant.url}/hub`, await tenant.token("ada"));
  // Written as another node would, whose word about it is lost.
  await owner.query(
    `insert into users (tenant_id, id, valid_after) values ('acme', 'ada', now() + interval '1 second')
     on conflict (tenant_id, id) do update set valid_after = excluded.valid_after`,
  );
  expect(await client.closed).toMatchObject({ code: 4403 });
  await owner.end();
  await stack.close();
});

test("rounds over open connections leave what calls compare with as it is", async () => {
  const stack = await startStack();
  const tenant = await stack.tenant("acme");
  const client = await RawHubClient.open(`${tenant.url}/hub`, await tenant.token("ada"));
  const { security } = stack.api.services;
  const [read, forgotten] = [vi.spyOn(security, "snapshot"), vi.spyOn(security, "invalidate")];
  const rounds = () => read.mock.calls.filter(([, maxAgeMs]) => maxAgeMs !== undefined).length;
  await expect.poll(rounds).toBeGreaterThan(1);
  expect(forgotten).not.toHaveBeenCalled();
  stack.api.realtime.recheck(tenant.tenantId);
  expect(forgotten).toHaveBeenCalledOnce();
  client.socket.terminate();
  await stack.close();
});

test("two nodes whose pages join several channels at once never wait for each other", async () => {
  const stack = await startStack();
  const owner = new pg.Client({ connectionString: stack.database.ownerUrl });
  await owner.connect();
  const { key, tenantId } = await stack.tenant("acme");
  const webhooks = [{ url: "https://hooks.example/parley", events: ["subscription_count"] }];
  expect((await key()("PATCH", "/admin/pusher", { webhooks })).status).toBe(200);
  const { pool } = stack.api.services.db;
  // Without the repeat that is beside it.
  const join = (node: string, ...channels: string[]) =>
    pool.query("select channel, subscriptions, version from change_channels_v2($1, $2, $3)", [
      tenantId,
      node,
      JSON.stringify(channels.map((c) => ({ c, n: 1, m: [] }))),
    ]);
  const waiting = async () => {
    const asked = "wait_event_type = 'Lock' and query like '%change_channels_v2%'";
    return (await pool.query(`select from pg_stat_activity where datname = current_database() and ${asked}`)).rowCount;
  };
  await join("one", "beta");
  await owner.query("begin");
  await owner.query("select set_config('app.tenant', $1, true)", [tenantId]);
  expect((await owner.query("select from channels where name = 'beta' for update")).rowCount).toBe(1);
  const joins = [join("two", "beta")];
  await expect.poll(waiting).toBe(1);
  joins.push(join("three", "alpha", "beta"));
  await expect.poll(waiting).toBe(2);
  await owner.query("commit");
  expect((await Promise.allSettled(joins)).map(({ status }) => status)).toEqual(["fulfilled", "fulfilled"]);
  // Of two numbers of a channel the later one has the higher version.
  const told = (await Promise.all(joins)).flatMap(({ rows }) => rows).filter(({ channel }) => channel === "beta");
  told.sort((a, b) => a.subscriptions - b.subscriptions);
  expect(told.map(({ subscriptions }) => subscriptions)).toEqual([2, 3]);
  expect(told[0]?.version).toBeLessThan(told[1]?.version);
  const jobs = await owner.query(
    "select from graphile_worker._private_jobs where key = 'channel-webhooks:' || $1::text",
    [tenantId],
  );
  expect(jobs.rowCount).toBe(1);
  await owner.end();
  await stack.close();
});
