import { randomBytes } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import { Pool } from "pg";
import { inject } from "vitest";
import { parseDatabaseUrl, withDatabase } from "../persistence/database-url.ts";

export interface TestDatabase {
  /** A superuser: sees past row-level security. */
  ownerUrl: string;
  /** What the service runs as. */
  runtimeUrl: string;
  /** Removes the database. Throws when something is still connected: whatever was opened has to be closed before. */
  drop(): Promise<void>;
}

/** A database of its own with all migrations, cloned from the run's template in some 30 ms. One for each test file is usual. */
export async function createTestDatabase(): Promise<TestDatabase> {
  const { template, runtimeUrl } = inject("postgres");
  return create(runtimeUrl, `TEMPLATE ${template} STRATEGY FILE_COPY`);
}

/** The same without a schema. */
export async function createEmptyDatabase(): Promise<TestDatabase> {
  return create(inject("postgres").runtimeUrl, "TEMPLATE template0");
}

async function create(runtimeUrl: string, options: string): Promise<TestDatabase> {
  const { url } = inject("postgres");
  const name = `test_${randomBytes(6).toString("hex")}`;
  await superuser().query(`CREATE DATABASE ${name} ${options}`);
  return {
    ownerUrl: withDatabase(parseDatabaseUrl(url), name).href,
    runtimeUrl: withDatabase(parseDatabaseUrl(runtimeUrl), name).href,
    drop: () => drop(name),
  };
}

async function drop(name: string): Promise<void> {
  const left = await connectionsLeft(name);
  await superuser().query(`DROP DATABASE ${name} WITH (FORCE)`);
  if (left.length > 0) throw new Error(`The test left connections open: ${left.join(", ")}`);
}

/** A closed connection takes the server a moment to notice, so those of the last seconds are waited for. */
async function connectionsLeft(name: string): Promise<string[]> {
  for (let attempt = 1; ; attempt++) {
    const { rows } = await superuser().query<{ application_name: string; query: string }>(
      "select application_name, query from pg_stat_activity where datname = $1 and backend_type = 'client backend'",
      [name],
    );
    if (rows.length === 0 || attempt === 400)
      return rows.map((row) => `${row.application_name || "unnamed"} (${row.query})`);
    await sleep(25);
  }
}

let pool: Pool | undefined;

/** A connection that the files of this process share, one after the other; it keeps no process from ending. */
function superuser(): Pool {
  pool ??= new Pool({ connectionString: inject("postgres").url, max: 1, allowExitOnIdle: true }).on("error", () => {});
  return pool;
}
