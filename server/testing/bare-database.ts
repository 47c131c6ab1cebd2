import { randomBytes } from "node:crypto";
import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Client } from "pg";
import { inject, onTestFinished } from "vitest";
import { parseDatabaseUrl, withDatabase, withLogin } from "../persistence/database-url.ts";
import { migrationsFolder } from "../persistence/project-root.ts";

/** URL of a database that is not there yet, as a superuser; whatever comes to be is removed after the test. */
export function nowhere(): string {
  const name = `m_${randomBytes(5).toString("hex")}`;
  onTestFinished(async () => {
    await run(`drop database if exists ${name} with (force)`);
    await run(`drop role if exists parley_${name}`);
  });
  return withDatabase(server(), name).href;
}

/** The same as a role of its own that may do no more than this. */
export async function ownerWith(attributes: string): Promise<string> {
  const name = `o_${randomBytes(5).toString("hex")}`;
  await run(`create role ${name} login password 'x' ${attributes}`);
  // Managed servers have the groups from an earlier database at most; here they are there, so the owner is let in to manage them.
  if (attributes.includes("createrole")) await run(`grant parley_runtime, parley_heads to ${name} with admin option`);
  onTestFinished(async () => {
    await run(`reassign owned by ${name} to postgres; drop owned by ${name} cascade; drop role ${name}`);
  });
  return withLogin(parseDatabaseUrl(nowhere()), name, "x").href;
}

/** A folder with the release's migrations and one more. */
export function copyWith(name: string, sql: string): string {
  const folder = mkdtempSync(join(tmpdir(), "parley-migrations-"));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  cpSync(migrationsFolder(), folder, { recursive: true });
  mkdirSync(join(folder, name));
  writeFileSync(join(folder, name, "migration.sql"), sql);
  return folder;
}

/** Of the database. */
export function nameOf(url: string): string {
  return new URL(url).pathname.slice(1);
}

/** Runs it on a connection of its own, as a superuser unless told. */
export async function run(sql: string, url = server().href): Promise<unknown[]> {
  const client = new Client({ connectionString: url });
  await client.connect();
  try {
    return (await client.query(sql)).rows;
  } finally {
    await client.end();
  }
}

function server(): URL {
  return parseDatabaseUrl(inject("postgres").url);
}
