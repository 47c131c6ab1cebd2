import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { Client } from "pg";
import { afterEach, beforeEach, expect, inject, test } from "vitest";
import { sessionsWaiting } from "../testing/sessions-waiting.ts";
import { type Stack, startStack } from "../testing/stack.ts";
import { migrate } from "./migrate.ts";
import { migrationsFolder } from "./project-root.ts";

const INDEX = "99990101000000_index";
const AFTER = "99990102000000_after";
const SQL = `-- concurrently
-- Why it is there; nothing else.
create index concurrently if not exists "built" on messages (tenant_id, created_at)
  where content <> ';';
create index concurrently if not exists built_too on users (tenant_id, email);
`;

const cleanUp: (() => unknown)[] = [];
let stack: Stack;
let ownerUrl: string;
let reader: Client;

beforeEach(async () => {
  stack = await startStack();
  ownerUrl = stack.database.ownerUrl;
  cleanUp.push(async () => {
    await stack.close();
    const client = new Client({ connectionString: inject("postgres").url });
    await client.connect();
    await client.query(`drop role if exists parley_${new URL(ownerUrl).pathname.slice(1)}`);
    await client.end();
  });
  reader = await connect();
});
afterEach(async () => {
  for (const step of cleanUp.splice(0).reverse()) await step();
});

/** Whoever reads since before it was begun: an index that is built waits for them. */
async function readOn(): Promise<void> {
  await reader.query("begin isolation level repeatable read; select count(*) from tenants");
}

test("an index is built while people send, and what comes after it waits for it", async () => {
  const acme = await stack.tenant("acme");
  const { body: chat } = await acme.as("ada")<{ id: string }>("POST", "/Chat", {
    name: "Deck",
    memberUserIds: ["ben"],
  });
  await readOn();
  const upgraded = start(migrationsWith(SQL));
  const other = await connect();
  await expect.poll(() => sessionsWaiting(other)).toBe(1);
  for (const user of ["ada", "ben"]) {
    const sent = await acme.as(user)("POST", `/Chat/${chat.id}/messages`, { content: "Ahoy" });
    expect(sent.status).toBe(201);
  }
  expect(await states(other)).toEqual({ built: false, built_too: undefined, after: false });
  await reader.query("commit");
  expect((await upgraded).applied).toEqual([INDEX, AFTER]);
  expect(await states(other)).toEqual({ built: true, built_too: true, after: true });
  expect((await start(migrationsWith(SQL))).applied).toEqual([]);
});

test("one that is cut off is built anew by the next start", async () => {
  await readOn();
  const cut = expect(start(migrationsWith(SQL))).rejects.toThrow(new RegExp(`${INDEX} failed, and the next start`));
  const other = await connect();
  await expect.poll(() => sessionsWaiting(other)).toBe(1);
  await other.query(
    "select pg_terminate_backend(pid) from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'",
  );
  await cut;
  expect(await states(other)).toEqual({ built: false, built_too: undefined, after: false });
  await reader.query("commit");
  expect((await start(migrationsWith(SQL))).applied).toEqual([INDEX, AFTER]);
  expect(await states(other)).toEqual({ built: true, built_too: true, after: true });
});

test("a node that starts meanwhile waits for it, and neither waits for the other", async () => {
  await readOn();
  const other = await connect();
  const first = start(migrationsWith(SQL));
  await expect.poll(() => sessionsWaiting(other)).toBe(1);
  const second = start(migrationsWith(SQL));
  await sleep(1500); // longer than Postgres lets two wait for each other
  await reader.query("commit");
  const both = (await Promise.all([first, second])).map(({ applied }) => applied);
  expect(both.flat().sort()).toEqual([INDEX, AFTER]);
});

test("nothing but indexes is run so", async () => {
  const failed = start(migrationsWith("-- concurrently\nupdate users set email = null;\n"));
  await expect(failed).rejects.toThrow("holds nothing but `create index concurrently if not exists`");
});

function start(migrations: string) {
  return migrate({ ownerUrl, runtimePassword: "x", migrations });
}

/** The release's migrations, one of these statements and one that is to come after it. */
function migrationsWith(sql: string): string {
  const folder = mkdtempSync(join(tmpdir(), "parley-migrations-"));
  cleanUp.push(() => rmSync(folder, { recursive: true }));
  cpSync(migrationsFolder(), folder, { recursive: true });
  for (const [name, text] of [
    [INDEX, sql],
    [AFTER, "create table after ();"],
  ] as const) {
    mkdirSync(join(folder, name));
    writeFileSync(join(folder, name, "migration.sql"), text);
  }
  return folder;
}

/** Whether each index is whole, and whether the table is there. */
async function states(client: Client) {
  const { rows } = await client.query<{ name: string; valid: boolean }>(
    "select indexrelid::regclass::text as name, indisvalid as valid from pg_index where indexrelid::regclass::text like 'built%'",
  );
  const valid = new Map(rows.map((row) => [row.name, row.valid]));
  const { rows: tables } = await client.query("select to_regclass('after') is not null as there");
  return { built: valid.get("built"), built_too: valid.get("built_too"), after: tables[0].there };
}

async function connect(): Promise<Client> {
  const client = new Client({ connectionString: ownerUrl });
  await client.connect();
  cleanUp.push(() => client.end());
  return client;
}
