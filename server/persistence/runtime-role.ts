import { createHash, createHmac, pbkdf2Sync, randomBytes } from "node:crypto";
import { type ClientBase, escapeIdentifier, escapeLiteral } from "pg";

// The service never works as the owner of its tables: row-level security is only a wall for a role that cannot take it down.

/** Every grant in the migrations goes to this group; logins are members of it. */
const GROUP = "parley_runtime";

/** Owns the functions that look across tenants, and may read nothing but what those need. */
const HEADS = "parley_heads";

/** Name of the login for one database. Names that had to be changed carry a hash, so that no two databases share a login. */
export function runtimeRoleName(database: string): string {
  const plain = database.toLowerCase().replace(/[^a-z0-9_]/g, "_");
  const name = `parley_${plain}`;
  if (plain === database && name.length <= 63 && name !== GROUP && name !== HEADS) return name;
  const hash = createHash("sha256").update(database).digest("hex").slice(0, 8);
  return `${name.slice(0, 63 - 9)}_${hash}`;
}

export interface RoleStatements {
  /** Needed before anything else can work. */
  missing: string[];
  /** Sets the password anew; needed only when the login does not work as it is. */
  renewal: string[];
}

/**
 * What somebody who may create roles has to run, so that all roles exist and the login has this password. Safe to log, unless it is to be
 * `plain`, for a server that takes no other.
 */
export async function roleStatements(
  owner: ClientBase,
  database: string,
  password: string,
  plain = false,
): Promise<RoleStatements> {
  const has = await findRoles(owner, database);
  const [role, ownerName] = [escapeIdentifier(runtimeRoleName(database)), escapeIdentifier(has.owner)];
  const login = `${role} LOGIN INHERIT PASSWORD ${escapeLiteral(plain ? password : scramVerifier(password))}`;
  const missing = [
    has.group || `CREATE ROLE ${GROUP} NOLOGIN NOSUPERUSER NOBYPASSRLS`,
    has.heads || `CREATE ROLE ${HEADS} NOLOGIN NOSUPERUSER NOBYPASSRLS`,
    has.owner_heads || `GRANT ${HEADS} TO ${ownerName}`,
    has.login || `CREATE ROLE ${login} NOSUPERUSER NOCREATEDB NOCREATEROLE NOREPLICATION NOBYPASSRLS`,
    has.member || `GRANT ${GROUP} TO ${role}`,
    has.connect || `GRANT CONNECT ON DATABASE ${escapeIdentifier(database)} TO ${role}`,
  ];
  return {
    missing: missing.filter((statement) => typeof statement === "string"),
    renewal: has.login ? [`ALTER ROLE ${login}`] : [],
  };
}

interface FoundRoles {
  owner: string;
  group: boolean;
  heads: boolean;
  login: boolean;
  /** The owner can make `heads` the owner of a function. */
  owner_heads: boolean;
  member: boolean;
  connect: boolean;
}

async function findRoles(owner: ClientBase, database: string): Promise<FoundRoles> {
  const { rows } = await owner.query<FoundRoles>(
    `select current_user as owner, g.oid is not null as "group", h.oid is not null as heads, l.oid is not null as login,
       coalesce(pg_has_role(h.oid, case when current_setting('server_version_num')::int < 160000 then 'MEMBER' else 'SET' end), false)
         as owner_heads,
       coalesce(pg_has_role(l.oid, g.oid, 'USAGE'), false) as member,
       coalesce(has_database_privilege(l.oid, $4, 'CONNECT'), false) as connect
     from (select 1) one
     left join pg_roles g on g.rolname = $1 left join pg_roles h on h.rolname = $2 left join pg_roles l on l.rolname = $3`,
    [GROUP, HEADS, runtimeRoleName(database), database],
  );
  return rows[0]!;
}

/** Why this connection's role must not be the runtime role; null when it may. */
export async function runtimeRoleFault(client: ClientBase): Promise<string | null> {
  const { rows } = await client.query<{
    mighty: string | null;
    owned: string | null;
    creates: boolean;
    member: boolean;
  }>(
    `select
       (select min(rolname) from pg_roles where pg_has_role(oid, 'MEMBER') and (rolsuper or rolbypassrls)) as mighty,
       (select min(relname) from pg_class where pg_has_role(relowner, 'MEMBER') and relnamespace = 'public'::regnamespace) as owned,
       has_schema_privilege('public', 'CREATE') as creates,
       exists (select from pg_roles where rolname = $1 and pg_has_role(oid, 'USAGE')) as member`,
    [GROUP],
  );
  const { mighty, owned, creates, member } = rows[0]!;
  if (mighty) return `it is or can become ${mighty}, for whom row-level security does not count`;
  if (owned) return `it owns the table ${owned}`;
  if (creates) return "it may create objects in the schema public (REVOKE CREATE ON SCHEMA public FROM PUBLIC)";
  return member ? null : `it is not a member of ${GROUP}`;
}

/**
 * What Postgres keeps of a password (RFC 5803). Sent instead of the password, so that no statement log and no error message of
 * ours ever has it. The password must be printable ASCII: other characters would need SASLprep.
 */
function scramVerifier(password: string): string {
  if (!/^[\x20-\x7e]+$/.test(password)) throw new Error("The runtime role's password must be printable ASCII.");
  const salt = randomBytes(16);
  const iterations = 4096;
  const salted = pbkdf2Sync(password, salt, iterations, 32, "sha256");
  const key = (label: string) => createHmac("sha256", salted).update(label).digest();
  const stored = createHash("sha256").update(key("Client Key")).digest("base64");
  return `SCRAM-SHA-256$${iterations}:${salt.toString("base64")}$${stored}:${key("Server Key").toString("base64")}`;
}
