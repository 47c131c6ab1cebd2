import { hashApiKey } from "../../server/auth/api-key.ts";
import { authenticate } from "../../server/auth/authenticate.ts";
import type { TenantId } from "../../server/auth/principal.ts";
import type { TenantSecurity } from "../../server/auth/tenant-security.ts";
import { deriveKey } from "../../server/config/secrets.ts";
import { replaceKey } from "../../server/domain/api-keys/store.ts";
import { insertInternalIssuer } from "../../server/domain/issuers/store.ts";
import { checkPassword, hashPassword } from "../../server/domain/persons/hash-password.ts";
import {
  asInstallation,
  findPersonByEmail,
  insertPerson,
  joinTenant,
  savePerson,
} from "../../server/domain/persons/store.ts";
import { ensurePusherApp } from "../../server/domain/pusher-apps/store.ts";
import { lockTenant } from "../../server/domain/tenants/store.ts";
import { signUserToken } from "../../server/domain/tokens/sign-user-token.ts";
import { DomainError } from "../../server/errors.ts";
import type { Database } from "../../server/persistence/database.ts";
import { tenantTransaction } from "../../server/persistence/prisma.ts";

const day = 24 * 60 * 60;
const tokenLasts = 90 * day;
const renewBelow = 45 * day;

export interface Keeper {
  db: Database;
  security: TenantSecurity;
  authSecret: string;
}

/**
 * The tenant's primary key, which is stored as a hash only. The demo's is derived from AUTH_SECRET and the id of its row: nodes with a
 * DATA_DIR each find the same one, and a lost file costs nothing. A key that was rotated meanwhile cannot be known, so it is
 * replaced; the one before it stays refused, because the new row has another id.
 * @param known from the last start: still good when only AUTH_SECRET has changed
 */
export async function keepPrimaryKey(keeper: Keeper, tenantId: TenantId, known: string | undefined): Promise<string> {
  const { db, security, authSecret } = keeper;
  const { key, replaced } = await tenantTransaction(db.prisma, tenantId, async (tx) => {
    await lockTenant(tx, tenantId);
    const row = await tx.apiKey.findFirst({ where: { tenantId, kind: "primary" } });
    const derived = row && deriveApiKey(authSecret, tenantId, row.id);
    const good = [derived, known].find((candidate) => candidate && hashApiKey(candidate) === row?.hash);
    if (good) return { key: good, replaced: false };
    const { row: next } = await replaceKey(tx, tenantId, "primary");
    const key = deriveApiKey(authSecret, tenantId, next.id);
    const data = { hash: hashApiKey(key), hint: next.hint.slice(0, -4) + key.slice(-4) };
    await tx.apiKey.update({ where: { tenantId_id: { tenantId, id: next.id } }, data });
    return { key, replaced: true };
  });
  if (replaced) security.invalidate(tenantId);
  return key;
}

function deriveApiKey(authSecret: string, tenantId: string, rowId: string): string {
  return `parley_${tenantId}_${deriveKey(authSecret, `demo-api-key:${tenantId}:${rowId}`).toString("base64url")}`;
}

/** The token of the last start while it is good for long enough, else a new one. */
export async function keepToken({ security }: Keeper, tenantId: TenantId, userId: string, known: string | undefined) {
  if (known !== undefined && (await isGood(security, tenantId, userId, known))) return known;
  return (await signUserToken(security, tenantId, { userId, expiresIn: tokenLasts })).token;
}

async function isGood(security: TenantSecurity, tenantId: TenantId, userId: string, token: string): Promise<boolean> {
  try {
    const { userId: whose, expiresAt = 0 } = await authenticate(security, { tenant: tenantId, bearer: token });
    return whose === userId && expiresAt - security.now() > renewBelow * 1000;
  } catch (error) {
    if (error instanceof DomainError) return false;
    throw error;
  }
}

/**
 * Gives the tenant an issuer to sign with when its own was switched off or cannot be read under this AUTH_SECRET. It has a secret of
 * its own: what the old one signed stays refused.
 */
export async function ensureIssuer({ db, security, authSecret }: Keeper, tenantId: TenantId): Promise<void> {
  if (await canSign(security, tenantId)) return;
  await tenantTransaction(db.prisma, tenantId, async (tx) => {
    await lockTenant(tx, tenantId);
    // Another node may have done it while the lock was waited for.
    security.invalidate(tenantId);
    if (await canSign(security, tenantId)) return;
    await tx.issuer.deleteMany({ where: { tenantId, kind: "internal" } });
    await insertInternalIssuer(tx, tenantId, authSecret);
  });
  security.invalidate(tenantId);
}

/**
 * The demo's owner, who signs in to the console with what demo.json says. A password that is another one by now, by choice or under
 * another AUTH_SECRET, is set back: the file tells the truth.
 */
export async function keepAdmin(
  { db }: Keeper,
  tenantId: TenantId,
  { email, password }: { email: string; password: string },
): Promise<void> {
  const known = await asInstallation(db, (tx) => findPersonByEmail(tx, email));
  if (known && (await checkPassword(known.passwordHash, password))) return;
  const passwordHash = await hashPassword(password);
  await asInstallation(db, async (tx) => {
    // Another node may be here as well.
    await tx.$executeRaw`select pg_advisory_xact_lock(hashtextextended(${email}, 0))`;
    const person =
      (await findPersonByEmail(tx, email)) ?? (await insertPerson(tx, { email, name: "Olivia Owner", passwordHash }));
    await savePerson(tx, person.id, { passwordHash });
    await joinTenant(tx, person.id, { tenantId, role: "owner" });
  });
}

/** Makes the tenant's Pusher app where there is none, or where its secret cannot be read under this AUTH_SECRET. */
export async function keepPusherApp({ db, security, authSecret }: Keeper, tenantId: TenantId): Promise<void> {
  await tenantTransaction(db.prisma, tenantId, async (tx) => {
    await lockTenant(tx, tenantId);
    await ensurePusherApp(tx, tenantId, authSecret);
  });
  security.invalidate(tenantId);
}

async function canSign(security: TenantSecurity, tenantId: TenantId): Promise<boolean> {
  const snapshot = await security.snapshot(tenantId);
  return snapshot?.issuers.some(({ kind, enabled }) => kind === "internal" && enabled) ?? false;
}
