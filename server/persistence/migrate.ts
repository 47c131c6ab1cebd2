import { setTimeout as sleep } from "node:timers/promises";
import { Client, type ClientBase, DatabaseError, escapeIdentifier } from "pg";
import { StartError } from "../config/start-error.ts";
import { assertServer } from "./assert-server.ts";
import { databaseName, parseDatabaseUrl, withDatabase, withLogin } from "./database-url.ts";
import { migrateQueue } from "./jobs.ts";
import { liftTimeouts } from "./lift-timeouts.ts";
import { applyConcurrently, applyMigrations } from "./migration-history.ts";
import { type RoleStatements, roleStatements, runtimeRoleFault, runtimeRoleName } from "./runtime-role.ts";
import { assertSecret, keepSecret, replaceSecret } from "./secret-check.ts";

// Any number; the same in every release, because nodes of two releases may start at once.
const LOCK = 7_258_441_903;

const INSUFFICIENT_PRIVILEGE = "42501";
const NO_SUCH_DATABASE = "3D000";
const DEADLOCK = "40P01";
const WRONG_PASSWORD = "28P01";
const DATABASE_EXISTS = new Set(["42P04", "23505"]);
const UNKNOWN_AUTHORITY = /^(DEPTH_ZERO_)?SELF_SIGNED_CERT|^UNABLE_TO_/;
const AUTHORITY_HINT =
  ". Where it is of an authority of your provider's own, name that one's certificate in DATABASE_URL: ?sslmode=verify-full&sslrootcert=/path/ca.pem";
// Neon takes part in the commit of a role, and wants to know its password.
const PLAIN_ONLY = /plaintext passwords/;
// Roles belong to the whole server: a start for another database may be creating the same group at this moment.
const ROLE_RACE = new Set(["42710", "23505", "XX000"]);

export interface Migrated {
  /** For everything the service does from here on: a role that owns nothing. */
  runtimeUrl: string;
  /** Names of the migrations applied just now. */
  applied: string[];
}

export interface MigrateOptions {
  ownerUrl: string;
  runtimePassword: string;
  /** What the secrets in the database are sealed with: it has to be the one that it was used with before. Not looked at where it is left out. */
  authSecret?: string;
  /** Whether that one takes the place of another, which is lost. */
  newSecret?: boolean | undefined;
  /** Folder of the migrations; the release's own unless told. */
  migrations?: string;
}

/**
 * Brings the database to this release: creates it if need be, its runtime role, and what is missing of the schema, all of it or
 * nothing but for indexes that are built concurrently. Several nodes may call it at once. A password that differs from the login's is set,
 * unless somebody works with that one, or the database was used with another AUTH_SECRET.
 * @throws StartError when an operator has to do something first; with the SQL to run where the owner may not create roles.
 */
export async function migrate(options: MigrateOptions): Promise<Migrated> {
  const { ownerUrl, runtimePassword, authSecret, newSecret, migrations } = options;
  const url = parseDatabaseUrl(ownerUrl);
  const database = databaseName(url);
  const runtimeUrl = withLogin(url, runtimeRoleName(database), runtimePassword).href;
  const owner = await connectAsOwner(url, database);
  try {
    await assertServer(owner);
    if (authSecret && !newSecret) await assertSecret(owner, authSecret);
    await ensureRoles(owner, database, runtimePassword, runtimeUrl);
    const applied = await upgrade(owner, migrations);
    const keep = newSecret ? replaceSecret : keepSecret;
    if (authSecret) await underLock(owner, () => keep(owner, authSecret));
    // The queue's tables too: whoever may enqueue shall not have to wait for the first worker.
    await underLock(owner, () => migrateQueue(ownerUrl));
    await assertRuntimeRole(runtimeUrl);
    return { runtimeUrl, applied };
  } finally {
    await owner.end();
  }
}

async function connectAsOwner(url: URL, database: string): Promise<Client> {
  try {
    return await connect(url.href);
  } catch (error) {
    if (!hasCode(error, NO_SUCH_DATABASE)) throw unreachable(url, error);
  }
  await createDatabase(url, database);
  return connect(url.href);
}

async function createDatabase(url: URL, database: string): Promise<void> {
  const name = escapeIdentifier(database);
  const client = await connect(withDatabase(url, "postgres").href).catch((error) => {
    throw unreachable(url, error);
  });
  try {
    await client.query(`CREATE DATABASE ${name} TEMPLATE template0 ENCODING 'UTF8'`);
    // It is ours alone, so logins of other databases have no business here.
    await client.query(`REVOKE ALL ON DATABASE ${name} FROM PUBLIC`);
  } catch (error) {
    if (error instanceof DatabaseError && DATABASE_EXISTS.has(error.code ?? "")) return;
    const reason = error instanceof Error ? error.message : String(error);
    const sql = `CREATE DATABASE ${name} TEMPLATE template0 ENCODING 'UTF8' OWNER ${escapeIdentifier(client.user ?? "")};`;
    throw new StartError(`The database ${database} is missing and could not be created (${reason}). Run:\n${sql}`);
  } finally {
    await client.end();
  }
}

async function ensureRoles(owner: ClientBase, database: string, password: string, runtimeUrl: string): Promise<void> {
  let plain = false;
  for (let attempt = 1; ; attempt++) {
    let wanted: RoleStatements | undefined;
    try {
      return await underLock(owner, async () => {
        wanted = await roleStatements(owner, database, password, plain);
        const refusal = wanted.renewal.length > 0 ? await findRefusal(runtimeUrl) : undefined;
        const inUse = refusal !== undefined && (await isInUse(owner, database));
        if (inUse && refusal === WRONG_PASSWORD) throw new InUse(database);
        await owner.query([...wanted.missing, ...(refusal && !inUse ? wanted.renewal : [])].join(";\n"));
      });
    } catch (error) {
      if (wanted && !plain && hasCode(error, INSUFFICIENT_PRIVILEGE)) return assertMadeByHand(wanted, runtimeUrl);
      plain ||= error instanceof DatabaseError && PLAIN_ONLY.test(error.message);
      const passes = error instanceof InUse || (error instanceof DatabaseError && ROLE_RACE.has(error.code ?? ""));
      if (attempt === 10 || !passes) throw error;
      await sleep(20 * attempt);
    }
  }
}

/**
 * Another password would lock out whoever works with the present one: their next connection would be refused. Of a service that was just
 * stopped Postgres takes a moment to notice that it is gone, so this is worth another look.
 */
class InUse extends StartError {
  constructor(database: string) {
    super(
      `A service works on the database ${database} with another AUTH_SECRET: start with the same one, or stop that service first.`,
    );
  }
}

async function isInUse(owner: ClientBase, database: string): Promise<boolean> {
  const { rows } = await owner.query("select from pg_stat_activity where usename = $1 limit 1", [
    runtimeRoleName(database),
  ]);
  return rows.length > 0;
}

async function upgrade(owner: ClientBase, migrations: string | undefined): Promise<string[]> {
  const applied: string[] = [];
  for (;;) {
    const step = await despiteDeadlock(() => underLock(owner, () => applyMigrations(owner, migrations)));
    applied.push(...step.applied);
    const { concurrent } = step;
    if (!concurrent) return applied;
    const isOurs = await despiteDeadlock(() => underSessionLock(owner, () => applyConcurrently(owner, concurrent)));
    if (isOurs) applied.push(concurrent.name);
  }
}

/** All of it or nothing, so once more where it met a node that still works in a deadlock: a lock of theirs it gets the next time. */
async function despiteDeadlock<T>(work: () => Promise<T>): Promise<T> {
  for (let attempt = 1; ; attempt++)
    try {
      return await work();
    } catch (error) {
      if (attempt === 10 || !(error instanceof Error && hasCode(error.cause, DEADLOCK))) throw error;
    }
}

/** The owner may not manage roles: then somebody else has done it before, or is told how. */
async function assertMadeByHand({ missing, renewal }: RoleStatements, runtimeUrl: string): Promise<void> {
  if (missing.length === 0 && !(await findRefusal(runtimeUrl))) return;
  throw new StartError(
    "The user of DATABASE_URL may not create the roles that Parley works as. Let a superuser, or a role with CREATEROLE, run this " +
      `once and start again:\n${[...missing, ...renewal].join(";\n")};`,
  );
}

/** Why Postgres lets the login not in, as its SQLSTATE: a wrong password, or something that its own settings say. */
async function findRefusal(url: string): Promise<string | undefined> {
  try {
    await (await connect(url)).end();
    return undefined;
  } catch (error) {
    if (error instanceof DatabaseError && error.code?.startsWith("28")) return error.code;
    if (hasCode(error, INSUFFICIENT_PRIVILEGE)) return undefined; // the password was right; CONNECT is granted apart
    throw error;
  }
}

async function assertRuntimeRole(runtimeUrl: string): Promise<void> {
  const client = await connect(runtimeUrl).catch((error: Error) => {
    throw new StartError(`Parley cannot log in as the role it works as: ${error.message}`, { cause: error });
  });
  try {
    const fault = await runtimeRoleFault(client);
    if (fault) throw new StartError(`Parley must not work as the role ${client.user}: ${fault}.`);
  } finally {
    await client.end();
  }
}

/** One transaction, which one node at a time can be in. */
async function underLock<T>(client: ClientBase, work: () => Promise<T>): Promise<T> {
  await untilLocked(async () => {
    await client.query("begin");
    const isOurs = await tryLock(client, "pg_try_advisory_xact_lock");
    if (!isOurs) await client.query("rollback");
    return isOurs;
  });
  try {
    const result = await work();
    await client.query("commit");
    return result;
  } catch (error) {
    await client.query("rollback").catch(() => {}); // of a connection that is lost there is nothing to roll back
    throw error;
  }
}

/** The same lock without a transaction, until the work ends or the connection. */
async function underSessionLock<T>(client: ClientBase, work: () => Promise<T>): Promise<T> {
  await untilLocked(() => tryLock(client, "pg_try_advisory_lock"));
  try {
    return await work();
  } finally {
    await client.query("select pg_advisory_unlock($1)", [LOCK]).catch(() => {});
  }
}

/** Asks again and again and never waits in a statement: what builds an index concurrently waits for each that is under way. */
async function untilLocked(attempt: () => Promise<boolean>): Promise<void> {
  while (!(await attempt())) await sleep(50);
}

async function tryLock(client: ClientBase, name: string): Promise<boolean> {
  const { rows } = await client.query<{ ours: boolean }>(`select ${name}($1) as ours`, [LOCK]);
  return rows[0]!.ours;
}

async function connect(connectionString: string): Promise<Client> {
  const client = new Client({ connectionString, application_name: "parley migrate", connectionTimeoutMillis: 10_000 });
  // Without a listener a connection that breaks between two queries would end the process; the next query tells.
  client.on("error", () => {});
  await client.connect();
  await liftTimeouts(client);
  return client;
}

function unreachable(url: URL, error: unknown): StartError {
  const causes = error instanceof AggregateError ? error.errors : [error];
  const reason = causes.map((cause) => (cause instanceof Error ? cause.message : String(cause))).join("; ");
  const hint = causes.some((cause) => UNKNOWN_AUTHORITY.test(cause?.code)) ? AUTHORITY_HINT : "";
  return new StartError(`No connection to Postgres at ${url.host}: ${reason}${hint}`, { cause: error });
}

function hasCode(error: unknown, code: string): boolean {
  return error instanceof DatabaseError && error.code === code;
}
