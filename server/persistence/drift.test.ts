import { Client } from "pg";
import { afterAll, beforeAll, expect, test } from "vitest";
import { createEmptyDatabase, createTestDatabase, type TestDatabase } from "../testing/postgres.ts";
import { diffToModels } from "../testing/schema-engine.ts";

// The migrations, replayed one after the other, must end where prisma/models/ begins. Policies, functions, grants, storage settings
// and partial or expression indexes are the migrations' own: Prisma has no words for them.

let migrated: TestDatabase;
let modelled: TestDatabase;

beforeAll(async () => {
  [migrated, modelled] = await Promise.all([createTestDatabase(), createEmptyDatabase()]);
  const sql = await diffToModels(modelled.ownerUrl);
  await connected(modelled, (client) => client.query(sql ?? ""));
});
afterAll(() => Promise.all([migrated.drop(), modelled.drop()]));

test("tables and columns are the same: types, defaults, nullability", async () => {
  const columns = `
    select c.relname || '.' || a.attname || ' ' || format_type(a.atttypid, a.atttypmod)
      || case when a.attnotnull then ' not null' else '' end
      || coalesce(' default ' || pg_get_expr(d.adbin, d.adrelid), '') as line
    from pg_class c join pg_attribute a on a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped
    left join pg_attrdef d on d.adrelid = c.oid and d.adnum = a.attnum
    where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'p') and c.relname <> '_prisma_migrations'
    order by c.relname, a.attname`;
  await expectSame(columns);
});

test("indexes, keys and constraints are the same", async () => {
  const keys = `
    select pg_get_indexdef(i.indexrelid) as line from pg_index i join pg_class t on t.oid = i.indrelid
    where t.relnamespace = 'public'::regnamespace and t.relname <> '_prisma_migrations' and i.indpred is null and i.indexprs is null
    union all
    select t.relname || ' ' || n.conname || ' ' || pg_get_constraintdef(n.oid) from pg_constraint n join pg_class t on t.oid = n.conrelid
    where t.relnamespace = 'public'::regnamespace and t.relname <> '_prisma_migrations' and n.contype <> 'c'
    order by 1`;
  await expectSame(keys);
});

test("npm run db:diff has nothing to write", async () => {
  expect(await diffToModels(migrated.ownerUrl)).toBeNull();
});

test.each([
  [
    "the tenant's deliveries, newest first",
    "deliveries where tenant_id = 't' order by created_at desc, id desc limit 50",
  ],
  ["one person's", "deliveries where tenant_id = 't' and user_id = 'u' order by created_at desc, id desc limit 50"],
  ["one person's calls", "api_requests where tenant_id = 't' and user_id = 'u' order by id limit 50"],
  [
    "old keys",
    "send_keys where tenant_id = 't' and key like 'i:%' and created_at < '2026-01-01' order by created_at limit 50",
  ],
  [
    "what is scheduled for one person",
    "notifications where tenant_id = 't' and user_id = 'u' and status = 'scheduled'",
  ],
  ["one person's notifications", "notifications where tenant_id = 't' and user_id = 'u' order by id desc limit 50"],
  [
    "sends to many that one alone has not got",
    "notification_batches where tenant_id = 't' and cardinality(recipients) = 1 and recipients[1] = 'u' order by id limit 50",
  ],
  ["what is scheduled", "notifications where tenant_id = 't' and status = 'scheduled' order by id desc limit 50"],
  [
    "what was done to one thing",
    "audit_entries where tenant_id = 't' and target = 'userId:u' order by at desc, id desc limit 50",
  ],
  [
    "how a send's deliveries ended",
    "deliveries where tenant_id = 't' and batch_id = '00000000-0000-0000-0000-000000000000' order by channel, status",
  ],
  [
    "what an endpoint refused",
    `webhook_deliveries where tenant_id = 't' and endpoint_id = '00000000-0000-0000-0000-000000000000' and status = 'failed'
      order by created_at desc, id desc limit 50`,
  ],
])("an index has %s, and nothing else is read for them", async (_, asked) => {
  const plan = await connected(migrated, async (client) => {
    await client.query("set enable_seqscan = off; set enable_bitmapscan = off; set enable_sort = off");
    const { rows } = await client.query<{ "QUERY PLAN": string }>(`explain (costs off) select * from ${asked}`);
    return rows.map((row) => row["QUERY PLAN"]).join("\n");
  });
  expect(plan).toContain("Index Cond");
  expect(plan).not.toMatch(/Sort|Filter/);
});

// What Postgres reads behind the policies, as the role that the service works as. Pages of 8 KiB, of memory and of temporary files.

test("charts read no other tenant's events, and each minute once however many points there are", async () => {
  await filled(`
    insert into tenant_log (tenant_id, epoch) values ('mini', '1');
    insert into events (tenant_id, position, type, payload, at)
      select 'huge', n, 'message.created', '{}', now() from generate_series(1, 20000) n;
    insert into tenant_minutes (tenant_id, minute, latencies)
      select 'mini', now() - n * interval '1 minute', array_fill(1, array[24]) from generate_series(1, 2000) n;
    analyze events; analyze tenant_minutes`);
  const range = "now() - interval '1 day', now(), interval '15 minutes'";
  expect(await pagesOf("mini", `read_minutes_v1('mini', ${range})`)).toBeLessThan(1000);
});

test("a page far down an inbox is as near as the first", async () => {
  await filled(`
    insert into notifications (tenant_id, id, user_id, type, subject, message, status, position, created_at, visible_at)
      select 'huge', gen_random_uuid(), 'ada', 'General', 's', 'm', 'visible', n, now(), now() from generate_series(1, 5000) n order by md5(n::text);
    analyze notifications`);
  const page = "null, 0, 50, false, false, null, null, false, false, null";
  expect(await pagesOf("huge", `list_inbox_v1('huge', 'ada', now(), 100, ${page})`)).toBeLessThan(500);
});

test("webhook deliveries of a tenant that has grown since the last analysis are found as fast", async () => {
  const grow = (tenant: string, count: number) =>
    `insert into webhook_deliveries (tenant_id, id, endpoint_id, position, epoch, type, lane, status)
     select ${tenant}, md5('d' || n)::uuid, md5('e')::uuid, n, 0, 'message.created', 'one', 'delivered' from generate_series(1, ${count}) n;`;
  await filled(`${grow("'old-' || n % 8", 20_000)} analyze webhook_deliveries; ${grow("'grown'", 5000)}`);
  const [one, other] = ["md5('d1')::uuid", "md5('d4000')::uuid"];
  expect(await pagesOf("grown", `webhook_deliveries where tenant_id = 'grown' and id = ${one}`)).toBeLessThan(10);
  const some = `unnest(array[${one}, ${other}]) as w (id) join webhook_deliveries d on d.tenant_id = 'grown' and d.id = w.id`;
  expect(await pagesOf("grown", some)).toBeLessThan(20);
});

test("an event of one chat reads the head of that chat, however many a tenant has", async () => {
  await filled(`insert into tenants (id, name) values ('many', 'Many'); insert into tenant_log (tenant_id, epoch) values ('many', 1);
    insert into chat_heads (tenant_id, chat_id) select 'many', md5('c' || n)::uuid from generate_series(1, 3000) n; analyze chat_heads`);
  const event = "json_build_object('type', 'chat.updated', 'p', json_build_object(), 'c', md5('c77')::uuid)";
  expect(await pagesOf("many", `append_events_v1('many', json_build_array(${event}))`)).toBeLessThan(50);
  const [head] = await query(migrated, "select position as line from tenant_log where tenant_id = 'many'");
  const last = await query(
    migrated,
    "select last_position as line from chat_heads where chat_id = md5('c77')::uuid or chat_id = md5('c78')::uuid order by 1",
  );
  expect([head, ...last].map(Number)).toEqual([2, 0, 2]);
});

test("everyone is counted and gone through with no more read than there are people, however much each was told", async () => {
  const tables = ["members", "membership_spans", "topic_subscribers", "notifications"];
  await filled(`
    insert into notifications (tenant_id, id, user_id, type, subject, message, status, position, created_at, visible_at)
      select 'told', gen_random_uuid(), 'p' || n % 20, 'General', 's', 'm', 'visible', n, now(), now() from generate_series(1, 20000) n;
    insert into members (tenant_id, chat_id, user_id, role) select 'told', gen_random_uuid(), 'p' || n % 20, 'member' from generate_series(1, 5000) n;
    insert into membership_spans (tenant_id, user_id, chat_id, from_position, to_position)
      select 'told', 'q' || n % 20, gen_random_uuid(), n, n from generate_series(1, 5000) n;
    insert into topic_subscribers (tenant_id, topic_id, user_id, created_at) select 'told', 't' || n, 'r' || n % 20, now() from generate_series(1, 5000) n;
    analyze ${tables.join()}`);
  const sends = [
    "count_recipients_v1('told', 'everyone', null) n",
    "next_recipients_v1('told', 'everyone', null, 'p', 30) n",
  ];
  const found = await connected(migrated, async (client) => {
    await client.query("select set_config('app.tenant', 'told', false)");
    return [await client.query(`select n from ${sends[0]}`), await client.query(`select n from ${sends[1]}`)];
  });
  expect(found.map(({ rows }) => (rows.length === 1 ? Number(rows[0].n) : rows.length))).toEqual([60, 30]);
  for (const send of sends) expect(await pagesOf("told", send)).toBeLessThan(800);
});

test("old keys of a tenant are found without its young ones and those of others", async () => {
  const keys = (tenant: string, age: string) =>
    `insert into idempotency_keys (tenant_id, scope, key, body_hash, status, response, created_at)
     select '${tenant}', 's', '${age}' || n, 'h', 200, '{}', now() - interval '${age}' from generate_series(1, 10000) n;`;
  await filled(`${keys("busy", "1 hour")} ${keys("other", "2 days")} analyze idempotency_keys`);
  expect(await pagesOf("busy", "retain_keys_v2('busy', now() - interval '1 day', 1000)")).toBeLessThan(50);
});

async function filled(sql: string): Promise<void> {
  await connected(migrated, (client) => client.query(`set session_replication_role = replica; ${sql}`));
}

/** How many pages are read for a set of rows, with plans and catalogue known from a first time. */
async function pagesOf(tenantId: string, asked: string): Promise<number> {
  return await connected(
    migrated,
    async (client) => {
      await client.query("set work_mem = '64kB'");
      await client.query("select set_config('app.tenant', $1, false)", [tenantId]);
      await client.query(`select * from ${asked}`);
      const { rows } = await client.query(`explain (analyze, buffers, format json) select * from ${asked}`);
      const { Plan } = rows[0]["QUERY PLAN"][0];
      return Plan["Shared Hit Blocks"] + Plan["Shared Read Blocks"] + Plan["Temp Read Blocks"];
    },
    migrated.runtimeUrl,
  );
}

async function expectSame(sql: string): Promise<void> {
  const [lines, expected] = await Promise.all([query(migrated, sql), query(modelled, sql)]);
  expect(expected.length).toBeGreaterThan(10);
  expect(lines).toEqual(expected);
}

async function query(database: TestDatabase, sql: string): Promise<string[]> {
  const { rows } = await connected(database, (client) => client.query<{ line: string }>(sql));
  return rows.map((row) => row.line);
}

async function connected<T>(
  database: TestDatabase,
  work: (client: Client) => Promise<T>,
  connectionString = database.ownerUrl,
): Promise<T> {
  const client = new Client({ connectionString });
  await client.connect();
  try {
    return await work(client);
  } finally {
    await client.end();
  }
}
