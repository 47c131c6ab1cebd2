import { Client, escapeIdentifier } from "pg";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { createTestDatabase, type TestDatabase } from "../testing/postgres.ts";

// Row-level security alone, without what the code above it does: every row of another tenant is out of reach for whatever SQL.

/** Tables that hold nothing of a tenant. Whoever adds one names it here. */
const SHARED = ["_prisma_migrations", "nodes", "job_workers", "secret_check"];

/** Functions that run as somebody else than their caller: as a role that sees three tables, or, the doors into the queue, as its owner. */
const DEFINER_FUNCTIONS: Record<string, string> = {
  dead_jobs_v2: "postgres",
  dead_jobs_v3: "postgres",
  due_tenants_v1: "parley_heads",
  enqueue_jobs_v1: "postgres",
  forget_jobs_v1: "postgres",
  log_heads_v1: "parley_heads",
  logs_behind_v1: "parley_heads",
  retain_jobs_v1: "postgres",
  settle_dead_job_v1: "postgres",
};

let database: TestDatabase;
let owner: Client;
let runtime: Client;
let tables: { name: string; tenant: string }[];

beforeAll(async () => {
  database = await createTestDatabase();
  [owner, runtime] = await Promise.all([connect(database.ownerUrl), connect(database.runtimeUrl)]);
  const { rows } = await owner.query<{ name: string; tenant: string }>(
    `select c.relname as name, case when c.relname = 'tenants' then 'id' else 'tenant_id' end as tenant
     from pg_class c where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'p') and c.relname <> all ($1)`,
    [SHARED],
  );
  tables = rows;
  for (const table of tables)
    for (const tenant of ["acme", "globex"]) await insertRow(table.name, table.tenant, tenant);
});
afterAll(async () => {
  await Promise.all([owner.end(), runtime.end()]);
  await database.drop();
});

describe("every table", () => {
  test("has row-level security, enabled and forced, and a policy", async () => {
    const { rows } = await owner.query(
      `select relname from pg_class c where relnamespace = 'public'::regnamespace and relkind in ('r', 'p') and relname <> all ($1)
       and not (relrowsecurity and relforcerowsecurity and exists (select from pg_policy p where p.polrelid = c.oid))`,
      [SHARED],
    );
    expect(rows).toEqual([]);
    expect(tables.length).toBeGreaterThan(10);
  });

  test("leads its primary key with the tenant", async () => {
    const { rows } = await owner.query<{ name: string; tenant: string }>(
      `select c.relname as name, a.attname as tenant from pg_class c join pg_index i on i.indrelid = c.oid and i.indisprimary
       join pg_attribute a on a.attrelid = c.oid and a.attnum = i.indkey[0] where c.relname = any ($1)`,
      [tables.map((table) => table.name)],
    );
    expect(rows.toSorted(byName)).toEqual(tables.toSorted(byName));
  });

  test("shows nothing without a tenant, and to a tenant its own row", async () => {
    for (const { name, tenant } of tables) {
      expect([name, await visible(name, tenant, undefined)]).toEqual([name, []]);
      expect([name, await visible(name, tenant, "")]).toEqual([name, []]);
      expect([name, await visible(name, tenant, "acme")]).toEqual([name, ["acme"]]);
    }
  });

  test("lets nobody change, take or make a row of another tenant", async () => {
    for (const { name, tenant } of tables) {
      const change = asTenant("acme", `update ${name} set ${tenant} = ${tenant} where ${tenant} = 'globex'`);
      expect([name, (await change).rowCount]).toEqual([name, 0]);
      const removal = asTenant("acme", `delete from ${name} where ${tenant} = 'globex'`);
      expect([name, (await removal).rowCount]).toEqual([name, 0]);
      await expect(asTenant("acme", `update ${name} set ${tenant} = 'globex'`), name).rejects.toThrow(
        "row-level security",
      );
      const copy = `insert into ${name} select (jsonb_populate_record(r, '{"${tenant}": "initech"}')).* from ${name} r`;
      await expect(asTenant("acme", copy), name).rejects.toThrow("row-level security");
    }
  });
});

describe("the runtime role", () => {
  test("owns nothing, is no superuser, cannot bypass row-level security, and cannot become anybody who does", async () => {
    const { rows } = await runtime.query(
      `select rolname, rolsuper, rolbypassrls, rolcreaterole, rolcreatedb,
         (select count(*)::int from pg_class c where c.relowner = r.oid) as tables,
         (select count(*)::int from pg_proc p where p.proowner = r.oid) as functions
       from pg_roles r where pg_has_role(r.oid, 'MEMBER') order by rolname`,
    );
    const nobody = {
      rolsuper: false,
      rolbypassrls: false,
      rolcreaterole: false,
      rolcreatedb: false,
      tables: 0,
      functions: 0,
    };
    expect(rows).toEqual([
      { rolname: "parley_parley_template", ...nobody },
      { rolname: "parley_runtime", ...nobody },
    ]);
  });

  test.each([
    "create table mine (id int)",
    "alter table messages disable row level security",
    "drop policy tenant_wall on messages",
    "truncate messages",
    "select from _prisma_migrations",
    "set session authorization postgres",
    "set role parley_heads",
  ])("may not: %s", async (statement) => {
    await expect(runtime.query(statement)).rejects.toMatchObject({ code: "42501" });
  });

  test("calls no function that runs as somebody else, but for the lists of heads, of due times and of logs behind, which show these alone", async () => {
    const { rows } = await owner.query<{ name: string; owner: string }>(
      `select proname as name, proowner::regrole::text as owner from pg_proc
       where pronamespace = 'public'::regnamespace and prosecdef order by proname`,
    );
    expect(rows).toEqual(Object.entries(DEFINER_FUNCTIONS).map(([name, owner]) => ({ name, owner })));
    const heads = await owner.query<{ grants: string[] }>(
      `select array_agg(table_name || ' ' || privilege_type order by table_name)::text[] as grants from information_schema.role_table_grants
       where grantee = 'parley_heads'`,
    );
    expect(heads.rows[0]?.grants).toEqual(["tenant_dues SELECT", "tenant_log SELECT"]);
    const cursors = await owner.query<{ columns: string[] }>(
      `select array_agg(table_name || '.' || column_name order by column_name)::text[] as columns from information_schema.column_privileges
       where grantee = 'parley_heads' and table_name not in ('tenant_dues', 'tenant_log')`,
    );
    const columns = ["consumer", "epoch", "position", "tenant_id"];
    expect(cursors.rows[0]?.columns).toEqual(columns.map((column) => `planner_cursors.${column}`));
  });

  test("enqueues jobs of its own tenant alone, and sees and moves no other's", async () => {
    const job = (tenantId: string) =>
      `select enqueue_jobs_v1('[{"task": "t", "key": "k", "payload": {"tenantId": "${tenantId}"}}]')`;
    await expect(asTenant("acme", job("globex"))).rejects.toMatchObject({ code: "42501" });
    await expect(asTenant(undefined, job("acme"))).rejects.toMatchObject({ code: "42501" });
    await expect(asTenant("acme", "select from graphile_worker._private_jobs")).rejects.toMatchObject({
      code: "42501",
    });
    await expect(asTenant("acme", "select graphile_worker.add_job('t')")).rejects.toMatchObject({ code: "42501" });
    await owner.query(
      "select graphile_worker.add_job('t', '{\"tenantId\": \"globex\"}', job_key => 'dead', max_attempts => 1)",
    );
    await owner.query("update graphile_worker._private_jobs set attempts = 1");
    const { rows } = await asTenant("globex", "select id from dead_jobs_v3(10, 0, null, null, null, null)");
    expect(rows).toHaveLength(1);
    expect((await asTenant("acme", "select id from dead_jobs_v3(10, 0, null, null, null, null)")).rows).toEqual([]);
    const settled = await asTenant("acme", `select settle_dead_job_v1('${rows[0].id}', false) as done`);
    expect(settled.rows).toEqual([{ done: false }]);
    expect((await asTenant("acme", "select forget_jobs_v1(10) as gone")).rows).toEqual([{ gone: 0 }]);
    expect((await asTenant("globex", "select forget_jobs_v1(10) as gone")).rows).toEqual([{ gone: 1 }]);
  });
});

/** A row with something in every column that wants it. No trigger and no foreign key asks where it comes from. */
async function insertRow(table: string, tenantColumn: string, tenant: string): Promise<void> {
  const { rows } = await owner.query<{ column: string; type: string }>(
    `select attname as column, format_type(atttypid, null) as type from pg_attribute
     where attrelid = $1::regclass and attnum > 0 and not attisdropped and attnotnull and not atthasdef and attname <> $2`,
    [table, tenantColumn],
  );
  const columns = [tenantColumn, ...rows.map((row) => row.column)].map(escapeIdentifier);
  const values = ["$1", ...rows.map((row) => sample(row.type))];
  await owner.query(`insert into ${table} (${columns}) values (${values})`, [tenant]);
}

function sample(type: string): string {
  if (type.endsWith("[]")) return "'{}'";
  const samples: Record<string, string> = {
    text: "'x'",
    uuid: "gen_random_uuid()",
    boolean: "true",
    "timestamp with time zone": "now()",
    jsonb: "'{}'",
    bytea: "''",
  };
  return samples[type] ?? "1";
}

async function visible(table: string, column: string, tenant: string | undefined): Promise<string[]> {
  const result = await asTenant(tenant, `select ${column} as tenant from ${table}`);
  return result.rows.map((row) => row.tenant);
}

/** Runs one statement as the runtime role in a transaction that is rolled back. */
async function asTenant(tenant: string | undefined, sql: string) {
  await runtime.query("begin");
  try {
    if (tenant !== undefined) await runtime.query("select set_config('app.tenant', $1, true)", [tenant]);
    return await runtime.query(sql);
  } finally {
    await runtime.query("rollback");
  }
}

async function connect(connectionString: string): Promise<Client> {
  const client = new Client({ connectionString });
  await client.connect();
  return client;
}

function byName(a: { name: string }, b: { name: string }): number {
  return a.name < b.name ? -1 : 1;
}
