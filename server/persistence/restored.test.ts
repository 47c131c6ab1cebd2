import { execFile } from "node:child_process";
import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { Client, type QueryResultRow } from "pg";
import { afterAll, beforeAll, expect, test } from "vitest";
import { installationKey } from "../auth/api-key.ts";
import { TenantSecurity } from "../auth/tenant-security.ts";
import { createTenant } from "../domain/tenants/make-tenant.ts";
import { createTestDatabase, type TestDatabase } from "../testing/postgres.ts";
import { testSecret } from "../testing/stack.ts";
import { type Database, openDatabase } from "./database.ts";
import { databaseName, withLogin } from "./database-url.ts";
import { startEmbedded } from "./embedded.ts";
import { migrate } from "./migrate.ts";
import { projectRoot } from "./project-root.ts";

let database: TestDatabase;
let db: Database;
let owner: Client;

beforeAll(async () => {
  database = await createTestDatabase();
  db = openDatabase({ url: database.runtimeUrl });
  owner = new Client({ connectionString: database.ownerUrl });
  await owner.connect();
  for (const id of ["acme", "globex"]) await createTenant(db, testSecret, { id, name: id });
});
afterAll(async () => {
  await owner.end();
  await db.close();
  await database.drop();
});

async function epochs(url = database.ownerUrl): Promise<number[]> {
  const rows = await query<{ epoch: string }>(url, "select epoch from log_heads_v1(null) order by tenant_id");
  return rows.map(({ epoch }) => Number(epoch));
}

async function query<T extends QueryResultRow>(url: string, text: string): Promise<T[]> {
  const client = new Client({ connectionString: url });
  await client.connect();
  return (await client.query<T>(text).finally(() => client.end())).rows;
}

test("tables made anew from a dump, on the server they were dumped from, have logs of another epoch", async () => {
  const before = await epochs();
  expect(before).toEqual(await epochs());
  await owner.query("begin");
  const { rows } = await owner.query<{ of: string }>("select pg_get_functiondef('epoch_of_v1'::regproc) as of");
  // As a dump does it: the same rows in a table of the same name, and the function by its text.
  await owner.query("alter table tenant_log rename to dumped");
  await owner.query("create table tenant_log (like dumped including all)");
  await owner.query("insert into tenant_log select * from dumped");
  await owner.query(rows[0]?.of ?? "");
  const restored = await owner.query<{ epoch: string }>(
    `select epoch_of_v1(l.epoch, s.system_identifier, c.timeline_id) as epoch
     from tenant_log l, pg_control_system() s, pg_control_checkpoint() c order by l.tenant_id`,
  );
  await owner.query("rollback");
  const after = restored.rows.map(({ epoch }) => Number(epoch));
  expect(new Set([...before, ...after]).size).toBe(4);
  expect(await epochs()).toEqual(before);
});

test("a standby that is promoted has logs of another epoch at once, before any checkpoint", {
  timeout: 60_000,
}, async () => {
  const folder = mkdtempSync(join(tmpdir(), "parley-promoted-"));
  chmodSync(folder, 0o755);
  let server = await startEmbedded(folder, () => {});
  const { ownerUrl } = server;
  try {
    const { runtimeUrl } = await migrate({ ownerUrl, runtimePassword: "runtime" });
    const primary = openDatabase({ url: runtimeUrl });
    await createTenant(primary, testSecret, { id: "acme", name: "Acme" });
    await primary.close();
    const before = await epochs(ownerUrl);
    await server.stop();
    // What finds this file reads the log of another, and waits for more of it.
    writeFileSync(join(server.folder, "standby.signal"), "");
    server = await startEmbedded(folder, () => {});
    expect(await epochs(server.ownerUrl)).toEqual(before);
    await query(server.ownerUrl, "select pg_promote()");
    expect(await epochs(server.ownerUrl)).not.toEqual(before);
  } finally {
    await server.stop();
    rmSync(folder, { recursive: true });
  }
});

test("a dump is refused to the tables' owner, and whole for the role that the guide makes for it", async () => {
  const name = databaseName(new URL(database.ownerUrl));
  const guide = readFileSync(join(projectRoot(), "docs/guides/operating.md"), "utf8");
  const [, role = ""] = /```sql\n(.+?)```/s.exec(guide) ?? [];
  await owner.query(role.replace("…", "x").replaceAll("backup", `b_${name}`).replaceAll("parley", name));
  await owner.query(`create role o_${name} login password 'x' createdb createrole`);
  await owner.query(`grant connect on database ${name} to o_${name}; alter table tenant_log owner to o_${name}`);
  // As pg_dump reads: what is kept back is an error.
  const dump = (user: string) => {
    const url = withLogin(new URL(database.ownerUrl), user, "x");
    url.searchParams.set("options", "-c row_security=off");
    return query(url.href, "select tenant_id from tenant_log order by tenant_id");
  };
  try {
    await expect(dump(`o_${name}`)).rejects.toThrow("would be affected by row-level security policy");
    expect(await dump(`b_${name}`)).toEqual([{ tenant_id: "acme" }, { tenant_id: "globex" }]);
  } finally {
    await owner.query("alter table tenant_log owner to current_user");
    await owner.query(`drop owned by b_${name}, o_${name}; drop role b_${name}, o_${name}`);
  }
});

const installation = (...args: string[]) => installationUnder(testSecret, ...args);
const installationUnder = (secret: string, ...args: string[]) =>
  promisify(execFile)(process.execPath, ["--import", "tsx", "scripts/installation.ts", ...args], {
    cwd: projectRoot(),
    env: { PATH: process.env.PATH, NODE_ENV: "production", DATABASE_URL: database.ownerUrl, AUTH_SECRET: secret },
  });

test("the command that is run after another restore begins an epoch of every log", { timeout: 60_000 }, async () => {
  const before = await epochs();
  const { stdout, stderr } = await installation("restored");
  expect([stderr, stdout]).toEqual(["", expect.stringContaining("2 tenants")]);
  expect(new Set([...before, ...(await epochs())]).size).toBe(4);
  const { rows } = await owner.query("select relforcerowsecurity from pg_class where relname = 'tenant_log'");
  expect(rows).toEqual([{ relforcerowsecurity: true }]);
});

test("the installation's key is printed alone; a word too many prints the commands", { timeout: 60_000 }, async () => {
  expect((await installation("key")).stdout).toBe(`${installationKey(testSecret)}\n`);
  const failed = await installation("reset").catch((error: unknown) => error);
  expect(failed).toMatchObject({ code: 1, stdout: "", stderr: expect.stringContaining("Usage: npm run installation") });
});

test("another AUTH_SECRET is refused until it is said that the one before is lost; then each tenant signs with it", {
  timeout: 150_000,
}, async () => {
  const other = "another secret of tests, long enough";
  const log = { warn: () => {} }; // of the Pusher apps, which cannot be read
  const issuers = async (authSecret: string, id: string) =>
    (await new TenantSecurity({ db, authSecret, allowPrivateNetworks: false, log }).snapshot(id))?.issuers;
  await installationUnder(testSecret, "claim");
  await owner.query("update issuers set enabled = false where tenant_id = 'globex'");
  const refused = await installationUnder(other, "claim").catch((error: unknown) => error);
  expect(refused).toMatchObject({ code: 1, stdout: "", stderr: expect.stringContaining("another AUTH_SECRET") });
  expect(await issuers(testSecret, "acme")).toMatchObject([{ kind: "internal" }]);
  const { stdout } = await installationUnder(other, "new-secret");
  expect(stdout).toMatch(/made anew: 2\..*To be made anew: the secrets of webhooks/s);
  expect(await issuers(other, "acme")).toMatchObject([{ kind: "internal", enabled: true }]);
  expect(await issuers(other, "globex")).toMatchObject([{ kind: "internal", enabled: false }]);
  expect((await installationUnder(other, "new-secret")).stdout).toContain("made anew: 0.");
  await installationUnder(other, "claim");
  await expect(installationUnder(testSecret, "claim")).rejects.toMatchObject({ code: 1 });
});
