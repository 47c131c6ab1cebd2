import type { TenantId } from "../../auth/principal.ts";
import { decryptSecret, deriveKey, encryptSecret } from "../../config/secrets.ts";
import type { Database } from "../../persistence/database.ts";
import type { MailHealth, MailSettings } from "../../persistence/generated/client.ts";

/** A tenant's way of sending mail, as it is stored, and how it does. */
export interface StoredMail {
  settings: MailSettings | null;
  health: MailHealth | null;
}

export async function findMail(db: Database, tenantId: TenantId): Promise<StoredMail> {
  const client = db.forTenant(tenantId);
  const where = { where: { tenantId } };
  const [settings, health] = await Promise.all([
    client.mailSettings.findUnique(where),
    client.mailHealth.findUnique(where),
  ]);
  return { settings, health };
}

/** Writes down how the mail server does. */
export async function saveHealth(
  db: Database,
  tenantId: TenantId,
  health: { failures: number; openUntil: Date | null; error?: string },
): Promise<void> {
  const { failures, openUntil, error } = health;
  const said = error === undefined ? {} : { lastError: error, lastErrorAt: new Date() };
  await db.forTenant(tenantId).mailHealth.upsert({
    where: { tenantId },
    create: { tenantId, failures, openUntil, ...said },
    update: { failures, openUntil, ...said },
  });
}

/** Which secret of a tenant's mail: sealed for one place, it cannot be read in another. */
type MailSecret = "password" | "postmark";

export function sealMailSecret(authSecret: string, tenantId: TenantId, kind: MailSecret, plain: string): string {
  return encryptSecret(deriveKey(authSecret, "stored-secrets"), plain, `mail:${tenantId}:${kind}`);
}

export function openMailSecret(authSecret: string, tenantId: TenantId, kind: MailSecret, sealed: string): string {
  return decryptSecret(deriveKey(authSecret, "stored-secrets"), sealed, `mail:${tenantId}:${kind}`);
}
