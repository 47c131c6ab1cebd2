import { isDeepStrictEqual } from "node:util";
import type { TenantId } from "../../auth/principal.ts";
import {
  makePusherAppId,
  makePusherCredentials,
  pusherSecretContext,
  pusherSecretKey,
  readPusherApp,
} from "../../auth/pusher-app.ts";
import { decryptSecret, encryptSecret } from "../../config/secrets.ts";
import { DomainError } from "../../errors.ts";
import type { Database } from "../../persistence/database.ts";
import type { PusherApp as Row } from "../../persistence/generated/client.ts";
import type { TenantTransaction } from "../../persistence/prisma.ts";
import type { AppChoices, PusherAppAnswer } from "./schema.ts";

/** The tenant's app with its secret. Throws not_found when it has none, or one stored under another AUTH_SECRET: rotating makes one. */
export async function getPusherApp(db: Database, tenantId: TenantId, authSecret: string): Promise<PusherAppAnswer> {
  const row = await db.forTenant(tenantId).pusherApp.findUnique({ where: { tenantId } });
  return present(row, authSecret);
}

/** Makes the tenant's app; does nothing when there is one whose secret can be read. */
export async function ensurePusherApp(tx: TenantTransaction, tenantId: TenantId, authSecret: string): Promise<void> {
  const row = await tx.pusherApp.findUnique({ where: { tenantId } });
  if (!row || !canRead(row, authSecret)) await replacePusherSecret(tx, tenantId, authSecret, { key: !row });
}

/** A new secret, and with `key` a new key; makes the app when there is none. */
export async function replacePusherSecret(
  tx: TenantTransaction,
  tenantId: TenantId,
  authSecret: string,
  { key }: { key: boolean },
): Promise<PusherAppAnswer> {
  const made = makePusherCredentials(tenantId);
  const secret = encryptSecret(pusherSecretKey(authSecret), made.secret, pusherSecretContext(tenantId));
  const row = await tx.pusherApp.upsert({
    where: { tenantId },
    create: { tenantId, appId: makePusherAppId(), key: made.key, secret },
    update: { secret, ...(key ? { key: made.key } : {}) },
  });
  return present(row, authSecret);
}

/**
 * That the app's webhooks still are those that somebody read, with its row locked: the list is written whole, and of two who add one each
 * the later would drop the other's. Hand-written SQL, because Prisma has no row lock. Throws conflict.
 */
export async function ensureWebhooks(
  tx: TenantTransaction,
  tenantId: TenantId,
  read: PusherAppAnswer["webhooks"],
): Promise<void> {
  await tx.$queryRaw`select 1 from pusher_apps where tenant_id = ${tenantId} for no key update`;
  const row = await tx.pusherApp.findUnique({ where: { tenantId } });
  if (row && !isDeepStrictEqual(row.webhooks, read))
    throw new DomainError("conflict", { detail: "Somebody else has changed the webhooks since you read them" });
}

/** Throws not_found. */
export async function savePusherApp(
  tx: TenantTransaction,
  tenantId: TenantId,
  authSecret: string,
  choices: AppChoices,
): Promise<PusherAppAnswer> {
  const { count } = await tx.pusherApp.updateMany({ where: { tenantId }, data: choices });
  if (count === 0) throw new DomainError("not_found");
  return present(await tx.pusherApp.findUnique({ where: { tenantId } }), authSecret);
}

function canRead(row: Row, authSecret: string): boolean {
  try {
    readPusherApp(row.tenantId, row, pusherSecretKey(authSecret));
    return true;
  } catch {
    return false; // another AUTH_SECRET
  }
}

function present(row: Row | null, authSecret: string): PusherAppAnswer {
  if (!row || !canRead(row, authSecret))
    throw new DomainError("not_found", { detail: "There is no Pusher app: rotate its secret to make one" });
  return {
    appId: row.appId,
    key: row.key,
    secret: decryptSecret(pusherSecretKey(authSecret), row.secret, pusherSecretContext(row.tenantId)),
    enabled: row.enabled,
    clientEvents: row.clientEvents,
    subscriptionCounts: row.subscriptionCounts,
    webhooks: row.webhooks as PusherAppAnswer["webhooks"],
    batchWebhooks: row.batchWebhooks,
    createdAt: row.createdAt.toISOString(),
  };
}
