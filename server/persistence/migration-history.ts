import { createHash, randomUUID } from "node:crypto";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { type ClientBase, DatabaseError } from "pg";
import { StartError } from "../config/start-error.ts";
import { isConcurrent, runConcurrently } from "./concurrent-migration.ts";
import { migrationsFolder } from "./project-root.ts";

// Folder and table are those of `prisma migrate`, which can take over at any time. Applying is our own because Prisma's adapter
// cuts a script at every semicolon, function bodies included, and because here script and history row commit together: a start
// that is killed half-way leaves nothing to repair by hand.
//
// What is missing runs in one transaction, so a plain `create index` holds up every write to its table, and with it sends, until the
// whole upgrade is done. For one on a table that may be large begin the file with the line `-- concurrently`: then it runs on its own,
// see concurrent-migration.ts, after what comes before it by name is committed and before what comes after it. Files that were released
// are never changed.

/** A file of the release. */
export interface Migration {
  name: string;
  sql: string;
}

interface AppliedMigration {
  migration_name: string;
  checksum: string;
  finished: boolean;
}

const HISTORY_TABLE = `
  create table if not exists _prisma_migrations (
    id                  varchar(36) primary key not null,
    checksum            varchar(64) not null,
    finished_at         timestamptz,
    migration_name      varchar(255) not null,
    logs                text,
    rolled_back_at      timestamptz,
    started_at          timestamptz not null default now(),
    applied_steps_count integer not null default 0
  )`;

/** What came of one transaction. */
export interface Step {
  /** Names of the migrations applied in it. */
  applied: string[];
  /** The next one: it has to be run outside a transaction. Undefined when nothing is missing any more. */
  concurrent: Migration | undefined;
}

/**
 * Applies what is missing, in order of name and up to one that has to be run outside, inside the caller's transaction.
 * Throws StartError when the database knows a migration that this release does not, or one of another content.
 */
export async function applyMigrations(client: ClientBase, folder = migrationsFolder()): Promise<Step> {
  const known = readMigrations(folder);
  await client.query("set local client_min_messages = warning");
  await client.query(HISTORY_TABLE);
  const applied = await readHistory(client);
  assertHistory(applied, known);
  const done = new Set(applied.map((row) => row.migration_name));
  const pending = known.filter((migration) => !done.has(migration.name));
  const concurrent = pending.find(({ sql }) => isConcurrent(sql));
  const now = concurrent ? pending.slice(0, pending.indexOf(concurrent)) : pending;
  for (const migration of now) await apply(client, migration);
  return { applied: now.map((migration) => migration.name), concurrent };
}

/** Applies one outside a transaction, unless another node has done so meanwhile; answers whether. Throws StartError. */
export async function applyConcurrently(client: ClientBase, { name, sql }: Migration): Promise<boolean> {
  if ((await readHistory(client)).some((row) => row.migration_name === name)) return false;
  try {
    await runConcurrently(client, sql);
  } catch (error) {
    throw new StartError(`The migration ${name} failed, and the next start tries again: ${explain(error, sql)}`, {
      cause: error,
    });
  }
  await remember(client, { name, sql });
  return true;
}

function readMigrations(folder: string): Migration[] {
  return readdirSync(folder)
    .sort()
    .map((name) => ({ name, file: join(folder, name, "migration.sql") }))
    .filter(({ file }) => existsSync(file))
    .map(({ name, file }) => ({ name, sql: readFileSync(file, "utf8") }));
}

async function readHistory(client: ClientBase): Promise<AppliedMigration[]> {
  const { rows } = await client.query<AppliedMigration>(
    `select migration_name, checksum, finished_at is not null as finished
     from _prisma_migrations where rolled_back_at is null order by started_at, migration_name`,
  );
  return rows;
}

function assertHistory(applied: AppliedMigration[], known: Migration[]): void {
  for (const row of applied) {
    const name = row.migration_name;
    if (!row.finished) throw new StartError(`The database has a migration that did not finish: ${name}. ${RESOLVE}`);
    const migration = known.find((candidate) => candidate.name === name);
    if (!migration) throw new StartError(`The database has a migration this release does not know: ${name}. ${NEWER}`);
    if (!checksums(migration.sql).includes(row.checksum)) throw new StartError(`The migration ${name} ${EDITED}`);
  }
}

const RESOLVE = "Mark it with `prisma migrate resolve` once you know how far it came.";
const NEWER = "It was last used by a newer release: start that one, or restore a backup from before the upgrade.";
const EDITED = "was changed after it was applied to this database. Restore the file, or start with a new database.";

/** The last one is what we write; a checkout may have turned the line ends around. */
function checksums(sql: string): string[] {
  const unix = sql.replaceAll("\r\n", "\n");
  return [unix.replaceAll("\n", "\r\n"), unix, sql].map((text) => createHash("sha256").update(text).digest("hex"));
}

async function apply(client: ClientBase, { name, sql }: Migration): Promise<void> {
  try {
    await client.query(sql);
  } catch (error) {
    throw new StartError(`The migration ${name} failed and nothing of it was kept: ${explain(error, sql)}`, {
      cause: error,
    });
  }
  await remember(client, { name, sql });
}

async function remember(client: ClientBase, { name, sql }: Migration): Promise<void> {
  await client.query(
    `insert into _prisma_migrations (id, checksum, migration_name, started_at, finished_at, applied_steps_count)
     values ($1, $2, $3, clock_timestamp(), clock_timestamp(), 1)`,
    [randomUUID(), checksums(sql).at(-1), name],
  );
}

function explain(error: unknown, sql: string): string {
  if (!(error instanceof Error)) return String(error);
  // Of a migration that is sent statement by statement the position is one in the statement.
  const position = error instanceof DatabaseError && !isConcurrent(sql) ? Number(error.position) : Number.NaN;
  return position > 0 ? `${error.message} (line ${sql.slice(0, position).split("\n").length})` : error.message;
}
