import { parseArgs } from "node:util";
import { z } from "zod";
import type { TenantId } from "../server/auth/principal.ts";
import { draftConfig } from "../server/config/config.ts";
import { readEnv } from "../server/config/env.ts";
import { deriveKey, keepAuthSecret } from "../server/config/secrets.ts";
import { StartError } from "../server/config/start-error.ts";
import { insertInvitation } from "../server/domain/operators/store.ts";
import { makeLink } from "../server/domain/persons/make-link.ts";
import { createTenant } from "../server/domain/tenants/make-tenant.ts";
import { DomainError } from "../server/errors.ts";
import { type Database, openDatabase } from "../server/persistence/database.ts";
import { startEmbedded } from "../server/persistence/embedded.ts";
import { findRunningPostgres } from "../server/persistence/embedded-running.ts";
import { migrate } from "../server/persistence/migrate.ts";
import { tenantTransaction } from "../server/persistence/prisma.ts";
import { lockDataDir } from "../server/supervisor/lock.ts";

// npm run tenant -- create <id> --name "…" --owner <email>
// Makes a tenant without a browser, beside a running service or without one: in the Postgres of DATABASE_URL, else in the embedded
// one, which is started for a moment when it does not run.

const USAGE = 'Usage: npm run tenant -- create <id> --name "…" --owner <email>';

try {
  const tenant = readArguments(process.argv.slice(2));
  await withOwner(async (ownerUrl, authSecret, baseUrl) => {
    const made = await make(ownerUrl, authSecret, tenant);
    console.log(`Tenant id:    ${made.tenantId}`);
    console.log(`Primary key:  ${made.primaryKey}`);
    console.log(`Its address:  ${baseUrl}/tenant/${made.tenantId}/v1`);
    console.log("The key is shown this once: only a hash of it is kept.");
    if (made.invitation) {
      console.log(`Claim link:   ${baseUrl}/invite/${made.tenantId}.${made.invitation}`);
      console.log(`It makes ${tenant.owner} the owner: good once, for 7 days.`);
    }
  });
} catch (error) {
  console.error(explain(error));
  process.exitCode = 1;
}

function readArguments(args: string[]): { id: string; name: string; owner?: string | undefined } {
  const options = { name: { type: "string" }, owner: { type: "string" } } as const;
  const { values, positionals } = readOptions(() => parseArgs({ args, options, allowPositionals: true }));
  const [command, id, ...rest] = positionals;
  if (command !== "create" || !id || rest.length > 0) throw new StartError(USAGE);
  if (values.owner !== undefined && !z.email().safeParse(values.owner).success) {
    throw new StartError(`--owner ${values.owner} is no email address.`);
  }
  return { id, name: values.name ?? id, owner: values.owner };
}

function readOptions<T>(read: () => T): T {
  try {
    return read();
  } catch (error) {
    throw new StartError(`${error instanceof Error ? error.message : error}\n${USAGE}`);
  }
}

/** Hands the database's owner to the work; an embedded Postgres that had to be started is stopped again. */
async function withOwner(
  work: (ownerUrl: string, authSecret: string, baseUrl: string) => Promise<void>,
): Promise<void> {
  const { databaseUrl, dataDir, baseUrl, ...draft } = draftConfig(readEnv());
  if (databaseUrl) return work(databaseUrl, draft.authSecret ?? "", baseUrl);
  const running = await findRunningPostgres(dataDir);
  if (running) return work(running, draft.authSecret ?? keepAuthSecret(dataDir), baseUrl);
  const lock = lockDataDir(dataDir);
  try {
    const postgres = await startEmbedded(dataDir, console.error);
    try {
      await work(postgres.ownerUrl, draft.authSecret ?? keepAuthSecret(dataDir), baseUrl);
    } finally {
      await postgres.stop();
    }
  } finally {
    lock.release();
  }
}

async function make(
  ownerUrl: string,
  authSecret: string,
  tenant: { id: string; name: string; owner?: string | undefined },
) {
  const runtimePassword = deriveKey(authSecret, "database-runtime").toString("hex");
  const { runtimeUrl } = await migrate({ ownerUrl, runtimePassword });
  const db = openDatabase({ url: runtimeUrl, name: "parley tenant", connections: 1 });
  try {
    const made = await createTenant(db, authSecret, tenant);
    return { ...made, invitation: tenant.owner && (await invite(db, made.tenantId, tenant.owner.toLowerCase())) };
  } finally {
    await db.close();
  }
}

/** The link's secret, of which a hash is kept. */
async function invite(db: Database, tenantId: TenantId, email: string): Promise<string> {
  const { token, hash } = makeLink();
  const expiresAt = new Date(Date.now() + 7 * 24 * 60 * 60 * 1000);
  await tenantTransaction(db.prisma, tenantId, (tx) =>
    insertInvitation(tx, tenantId, { email, role: "owner", hash, invitedBy: undefined, expiresAt }),
  );
  return token;
}

/** One line for what the user can mend; a bug is shown whole. */
function explain(error: unknown): unknown {
  if (error instanceof StartError) return error.message;
  if (!(error instanceof DomainError)) return error;
  const fields = Object.entries(error.face.errors ?? {}).map(([field, messages]) => `${field} ${messages.join(", ")}`);
  return [error.face.detail ?? error.message, ...fields].join("; ");
}
