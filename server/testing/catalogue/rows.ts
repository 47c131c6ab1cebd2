import type { Client, Pool } from "pg";

/** One connection or several that see past row-level security. */
export type Owner = Pick<Client | Pool, "query">;

/** Table → a hash of its rows. */
export type Fingerprint = Record<string, string>;

/** They hold nothing of a tenant. */
export const TENANTLESS = ["_prisma_migrations", "nodes", "job_workers", "secret_check"];
/** Not what a call itself stores: what the pipeline notes of administrators, who is connected. */
const LIVE = [
  ...TENANTLESS,
  "audit_entries",
  "api_requests",
  "api_request_skips",
  "tenant_minutes",
  "presences",
  "connections",
];
/** Written of all calls together, some seconds after them: a row may come at any moment. */
const NOTED = ["api_requests", "api_request_skips", "tenant_minutes"];
/** Written beside the calls, some seconds later. */
const LATER = ["last_used_at", "last_seen_at"];

/** Tables with rows of tenants, and the column that says whose a row is. */
export async function listTables(owner: Owner, except: string[] = LIVE): Promise<{ name: string; tenant: string }[]> {
  const { rows } = await owner.query<{ name: string; tenant: string }>(
    `select relname as name, case when relname = 'tenants' then 'id' else 'tenant_id' end as tenant from pg_class
     where relnamespace = 'public'::regnamespace and relkind in ('r', 'p') and relname <> all ($1) order by relname`,
    [except],
  );
  return rows;
}

/** What calls have stored until now, of one tenant or of all; `everything` is also what is written beside them. */
export async function takeFingerprint(
  owner: Owner,
  tenantId?: string,
  { everything = false } = {},
): Promise<Fingerprint> {
  const name = `fingerprint of ${everything ? "everything" : "what is stored"} ${tenantId ? "of one" : "of all"}`;
  const asked = prepared.get(owner) ?? new Map<string, Promise<string>>();
  prepared.set(owner, asked);
  const text = asked.get(name) ?? toQuery(owner, tenantId !== undefined, everything);
  asked.set(name, text);
  const values = [everything ? [] : LATER, ...(tenantId ? [tenantId] : [])];
  const { rows } = await owner.query<{ name: string; hash: string }>({ name, text: await text, values });
  return Object.fromEntries(rows.map(({ name, hash }) => [name, hash]));
}

// Thousands are taken, and to plan one over so many tables takes longer than to run it.
const prepared = new WeakMap<Owner, Map<string, Promise<string>>>();

async function toQuery(owner: Owner, ofOne: boolean, everything: boolean): Promise<string> {
  const tables = await listTables(owner, everything ? [...TENANTLESS, ...NOTED] : LIVE);
  // To the minute. Of notifications the same word is what a call stores.
  const seen = (name: string) => (!everything && name === "person_sessions" ? " - 'seen_at'" : "");
  const parts = tables.map(
    ({ name, tenant }) =>
      `select '${name}' as name, (select md5(coalesce(string_agg(x, '|' order by x), '')) from (
         select (to_jsonb(r) - $1::text[]${seen(name)})::text as x from ${name} r ${ofOne ? `where r.${tenant} = $2` : ""}) rows) as hash`,
  );
  return parts.join(" union all ");
}

/** Tables whose rows are not the same. */
export function changedTables(before: Fingerprint, after: Fingerprint): string[] {
  return Object.keys(after)
    .filter((name) => before[name] !== after[name])
    .sort();
}
