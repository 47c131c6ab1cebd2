import type { ClientBase } from "pg";
import { issuerSecretContext, issuerSecretKey } from "../auth/issuer.ts";
import { decryptSecret, deriveKey } from "../config/secrets.ts";
import { StartError } from "../config/start-error.ts";

// What is sealed under another AUTH_SECRET cannot be read, and would fail one by one, and late: so the first start writes down something
// that is derived from it, by which every later one knows it again. By hand, because the owner of the tables does it, before there is a
// role to work as.

/** Throws StartError where the database knows that it was used with another AUTH_SECRET; changes nothing. */
export async function assertSecret(owner: ClientBase, authSecret: string): Promise<void> {
  const { rows } = await owner.query("select from pg_class where oid = to_regclass('public.secret_check')");
  if (rows.length > 0 && (await isKnown(owner, authSecret)) === false) throw await otherSecret(owner);
}

/** Writes down by what AUTH_SECRET is known again, where that is new, in the caller's transaction. Throws StartError as above. */
export async function keepSecret(owner: ClientBase, authSecret: string): Promise<void> {
  const known = await isKnown(owner, authSecret);
  if (known) return;
  if (known === false || !(await opensIssuers(owner, authSecret))) throw await otherSecret(owner);
  await owner.query("insert into secret_check (derived) values ($1)", [derivedFrom(authSecret)]);
}

/** Takes this AUTH_SECRET for the one to be known from now on. */
export async function replaceSecret(owner: ClientBase, authSecret: string): Promise<void> {
  await owner.query("delete from secret_check");
  await owner.query("insert into secret_check (derived) values ($1)", [derivedFrom(authSecret)]);
}

async function isKnown(owner: ClientBase, authSecret: string): Promise<boolean | undefined> {
  const { rows } = await owner.query<{ derived: string }>("select derived from secret_check");
  return rows[0] && rows[0].derived === derivedFrom(authSecret);
}

/** Of a database that has no row yet: whether the own issuer of any tenant can be read. So it is where there is none. */
async function opensIssuers(owner: ClientBase, authSecret: string): Promise<boolean> {
  const { rows: heads } = await owner.query<{ tenant_id: string }>("select tenant_id from log_heads_v1(null)");
  const key = issuerSecretKey(authSecret);
  let sealed = 0;
  for (const { tenant_id: tenantId } of heads) {
    await owner.query("select set_config('app.tenant', $1, true)", [tenantId]); // the walls hold the owner, too
    const { rows } = await owner.query<{ id: string; secret: string }>(
      "select id, secret from issuers where tenant_id = $1 and kind = 'internal'",
      [tenantId],
    );
    if (rows.some(({ id, secret }) => opens(key, secret, issuerSecretContext(tenantId, id)))) return true;
    sealed += rows.length;
  }
  return sealed === 0;
}

function opens(key: Buffer, secret: string, context: string): boolean {
  try {
    decryptSecret(key, secret, context);
    return true;
  } catch {
    return false;
  }
}

function derivedFrom(authSecret: string): string {
  return deriveKey(authSecret, "secret-check").toString("base64url");
}

async function otherSecret(owner: ClientBase): Promise<StartError> {
  const { rows } = await owner.query<{ name: string }>("select current_database() as name");
  return new StartError(
    `The database ${rows[0]?.name} was used with another AUTH_SECRET: start with that one. Where it is lost, \`npm run installation -- new-secret\` ` +
      "goes on with this one, and says what has to be made anew.",
  );
}
