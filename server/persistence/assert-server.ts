import { type ClientBase, escapeIdentifier } from "pg";
import { StartError } from "../config/start-error.ts";

const OLDEST_POSTGRES = 150_000;

/** Throws StartError where the server or the database is of no use, or the user may not make there what the migrations make. */
export async function assertServer(owner: ClientBase): Promise<void> {
  const { rows } = await owner.query<{ version: number; encoding: string }>(
    "select current_setting('server_version_num')::int as version, current_setting('server_encoding') as encoding",
  );
  const { version, encoding } = rows[0]!;
  if (version < OLDEST_POSTGRES) {
    throw new StartError(`This is Postgres ${Math.floor(version / 10_000)}; Parley needs 15 or newer.`);
  }
  if (encoding !== "UTF8") throw new StartError(`The database's encoding is ${encoding}; Parley needs UTF8.`);
  await assertRights(owner);
}

interface Rights {
  database: string;
  user: string;
  /** Make tables in its schema and let others, and make a schema of its own. */
  enough: boolean;
  database_is_own: boolean;
  /** That it will be once the database is. */
  schema_is_own: boolean;
}

/** To own the database is enough, and what a user has who made it. One that was upgraded from Postgres 14 or older has its schema apart. */
async function assertRights(owner: ClientBase): Promise<void> {
  const { rows } = await owner.query<Rights>(
    `select current_database() as database, current_user as "user", pg_has_role(d.datdba, 'USAGE') as database_is_own,
       n.nspowner = 'pg_database_owner'::regrole or pg_has_role(n.nspowner, 'USAGE') as schema_is_own,
       has_schema_privilege(n.oid, 'CREATE WITH GRANT OPTION')
         and (has_database_privilege(d.oid, 'CREATE') or to_regnamespace('graphile_worker') is not null) as enough
     from pg_database d left join pg_namespace n on n.nspname = 'public' where d.datname = current_database()`,
  );
  const { database, user, enough, database_is_own, schema_is_own } = rows[0]!;
  if (enough) return;
  const statements = [
    database_is_own || `ALTER DATABASE ${escapeIdentifier(database)} OWNER TO ${escapeIdentifier(user)};`,
    schema_is_own || "ALTER SCHEMA public OWNER TO pg_database_owner;",
  ].filter((statement) => typeof statement === "string");
  throw new StartError(
    `The user ${user} of DATABASE_URL may not make tables in the database ${database}. Let a superuser run this once in that database and ` +
      `start again:\n${statements.join("\n")}`,
  );
}
