import { parseArgs } from "node:util";
import { z } from "zod";
import type { TenantId } from "../server/auth/principal.ts";
import { StartError } from "../server/config/start-error.ts";
import { insertInvitation } from "../server/domain/operators/store.ts";
import { makeLink } from "../server/domain/persons/make-link.ts";
import { createTenant } from "../server/domain/tenants/make-tenant.ts";
import type { Database } from "../server/persistence/database.ts";
import { tenantTransaction } from "../server/persistence/prisma.ts";
import { orExplain, withOwner } from "./with-owner.ts";

// npm run tenant -- create <id> --name "…" --owner <email>
// Makes a tenant without a browser, beside a running service or without one: in the Postgres of DATABASE_URL, else in the embedded
// one, which is started for a moment when it does not run.

const USAGE = 'Usage: npm run tenant -- create <id> --name "…" --owner <email>';

await orExplain(async () => {
  const tenant = readArguments(process.argv.slice(2));
  await withOwner(async ({ db, authSecret, baseUrl }) => {
    const made = await createTenant(db, authSecret, tenant);
    const invitation = tenant.owner && (await invite(db, made.tenantId, tenant.owner.toLowerCase()));
    console.log(`Tenant id:    ${made.tenantId}`);
    console.log(`Primary key:  ${made.primaryKey}`);
    console.log(`Its address:  ${baseUrl}/tenant/${made.tenantId}/v1`);
    console.log("The key is shown this once: only a hash of it is kept.");
    if (invitation) {
      console.log(`Claim link:   ${baseUrl}/invite/${made.tenantId}.${invitation}`);
      console.log(`It makes ${tenant.owner} the owner: good once, for 7 days.`);
    }
  });
});

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

/** The link's secret, of which a hash is kept. */
async function invite(db: Database, tenantId: TenantId, email: string): Promise<string> {
  const { token, hash } = makeLink();
  const expiresAt = new Date(Date.now() + 7 * 24 * 60 * 60 * 1000);
  await tenantTransaction(db.prisma, tenantId, (tx) =>
    insertInvitation(tx, tenantId, { email, role: "owner", hash, invitedBy: undefined, expiresAt }),
  );
  return token;
}
