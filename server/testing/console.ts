import { randomUUID } from "node:crypto";
import type { TenantId } from "../auth/principal.ts";
import type { Role } from "../auth/roles.ts";
import { sessionCookieName, writeSessionToken } from "../auth/session-cookie.ts";
import { asInstallation, insertPerson, insertSession, joinTenant } from "../domain/persons/store.ts";
import type { Database } from "../persistence/database.ts";

const baseUrl = "http://localhost:3000";

/** What a browser sends from one of the console's own pages. */
export function consoleHeaders(session: string): Record<string, string> {
  return { cookie: `${sessionCookieName(baseUrl)}=${session}`, origin: baseUrl };
}

export interface SignedInOperator {
  personId: string;
  sessionId: string;
  email: string;
  /** What stands in the cookie. */
  session: string;
}

/** Makes a person of a tenant, signed in, with a password given just now. Past the sign-in, which has tests of its own. */
export async function makeOperator(
  db: Database,
  authSecret: string,
  at: { tenantId: TenantId; role: Role } | undefined,
  changes: { sudo?: boolean; installationOwner?: boolean } = {},
): Promise<SignedInOperator> {
  const { sudo = true, installationOwner = false } = changes;
  const email = `${at?.role ?? "nobody"}-${randomUUID()}@operators.example`;
  return asInstallation(db, async (tx) => {
    const person = await insertPerson(tx, { email, name: "Olga Operator", passwordHash: null, installationOwner });
    if (at) await joinTenant(tx, person.id, at);
    const sudoUntil = new Date(sudo ? Date.now() + 600_000 : 0);
    const sessionId = await insertSession(tx, person.id, { method: "password", sudoUntil });
    return { personId: person.id, sessionId, email, session: await writeSessionToken(authSecret, sessionId) };
  });
}
