import { installationId } from "../../auth/api-key.ts";
import { mintTenantId, type TenantId } from "../../auth/principal.ts";
import { decryptSecret, deriveKey, encryptSecret } from "../../config/secrets.ts";
import { DomainError } from "../../errors.ts";
import { isId, requireId } from "../../ids.ts";
import { byId, type Span } from "../../persistence/cursor-form.ts";
import type { Database } from "../../persistence/database.ts";
import type { CaughtMail, MailHealth, MailSettings } from "../../persistence/generated/client.ts";
import { asTenant, type TenantTransaction } from "../../persistence/prisma.ts";
import { markBounced } from "../deliveries/store.ts";
import { suppress } from "../suppressions/store.ts";
import { ensureSameServer, isAddress } from "./policy.ts";
import type { Bounce, BounceReport } from "./read-bounce.ts";
import type { MailSettingsPatch } from "./schema.ts";

/** A tenant's way of sending mail, as it is stored, and how its server does: its own, else the one that it shares. */
export interface StoredMail {
  settings: MailSettings | null;
  health: MailHealth | null;
}

/** How the server of MAIL_URL does is one row for all who share it, the reserved tenant's: what one of them found out spares the others. */
const everybodys: TenantId = mintTenantId(installationId);

/** Under whose name the health of a tenant's mail server is kept. */
export function healthOwner(tenantId: TenantId, settings: MailSettings | null): TenantId {
  return settings?.host ? tenantId : everybodys;
}

export async function findMail(db: Database, tenantId: TenantId): Promise<StoredMail> {
  const settings = await db.forTenant(tenantId).mailSettings.findUnique({ where: { tenantId } });
  const owner = healthOwner(tenantId, settings);
  return { settings, health: await db.forTenant(owner).mailHealth.findUnique({ where: { tenantId: owner } }) };
}

/**
 * Writes down how a mail server does. Many may say so at once of the one that is shared: the worst of what they say counts until a mail
 * has gone through, so that somebody's fewer faults do not close a breaker that another has opened. `since` is when the tenant's own was
 * set: answers false, and nothing is written, when another is set by now. Hand-written SQL: Prisma writes no "greater of the two".
 */
export async function saveHealth(
  db: Database,
  owner: TenantId,
  health: { failures: number; openUntil: Date | null; error?: string },
  since?: Date,
): Promise<boolean> {
  const { failures, openUntil, error = null } = health;
  const at = error === null ? null : new Date(await db.now());
  const written = await db.forTenant(owner).$executeRaw`
    with same as (
      select from mail_settings s where s.tenant_id = ${owner} and date_trunc('milliseconds', s.updated_at) = ${since ?? null}::timestamptz for share)
    insert into mail_health as h (tenant_id, failures, open_until, last_error, last_error_at)
    select ${owner}, ${failures}::int, ${openUntil}::timestamptz, ${error}, ${at}::timestamptz
    where ${since === undefined} or exists (select from same)
    on conflict (tenant_id) do update set
      failures = case when excluded.failures = 0 then 0 else greatest(h.failures, excluded.failures) end,
      open_until = case when excluded.failures > 0 then greatest(h.open_until, excluded.open_until) end,
      last_error = coalesce(excluded.last_error, h.last_error), last_error_at = coalesce(excluded.last_error_at, h.last_error_at)`;
  return written > 0;
}

/** Takes over what a patch says; empty texts and the port 0 are taken back, secrets sealed. Throws invalid. */
export async function saveMailSettings(
  tx: TenantTransaction,
  tenantId: TenantId,
  authSecret: string,
  patch: MailSettingsPatch,
): Promise<StoredMail> {
  const { password, postmarkSecret, ...rest } = patch;
  const emptied = Object.entries(rest).map(([field, value]) => [field, value === "" || value === 0 ? null : value]);
  const plain = Object.fromEntries(emptied) as Omit<MailSettingsPatch, "password" | "postmarkSecret">;
  const before = await lockSettings(tx, tenantId);
  if (before?.password && password === undefined) ensureSameServer(before, plain);
  const seal = (kind: MailSecret, secret: string) =>
    secret === "" ? null : sealMailSecret(authSecret, tenantId, kind, secret);
  const data = {
    ...plain,
    ...(password === undefined ? {} : { password: seal("password", password) }),
    ...(postmarkSecret === undefined ? {} : { postmarkSecret: seal("postmark", postmarkSecret) }),
    updatedAt: new Date(),
  };
  const where = { tenantId };
  const settings = await tx.mailSettings.upsert({ where, create: { tenantId, ...data }, update: data });
  // What was wrong with the server before says nothing of the one that is set now.
  await tx.mailHealth.updateMany({ where, data: { failures: 0, openUntil: null } });
  const owner = healthOwner(tenantId, settings);
  const health = await asTenant(tx, owner, tenantId, () => tx.mailHealth.findUnique({ where: { tenantId: owner } }));
  return { settings, health };
}

/** Of two changes the later one sees the server that the earlier one set. Hand-written SQL: Prisma has no row lock. */
async function lockSettings(tx: TenantTransaction, tenantId: TenantId): Promise<MailSettings | null> {
  await tx.$queryRaw`select 1 from mail_settings where tenant_id = ${tenantId} for no key update`;
  return tx.mailSettings.findUnique({ where: { tenantId } });
}

/** How many mails the catcher keeps; of all, or of one delivery. */
export function countCaughtMails(db: Database, tenantId: TenantId, deliveryId?: string): Promise<number> {
  return db.forTenant(tenantId).caughtMail.count({ where: { tenantId, deliveryId } });
}

/** Those mails, the newest first: by their id, which holds when they were caught. */
export async function listCaughtMailsBetween(
  db: Database,
  tenantId: TenantId,
  span: Span<string>,
  deliveryId?: string,
): Promise<Omit<CaughtMail, "raw">[]> {
  const { id, order, arrange, ...part } = byId(span);
  const where = { tenantId, id, deliveryId };
  const { caughtMail } = db.forTenant(tenantId);
  return arrange(await caughtMail.findMany({ where, omit: { raw: true }, orderBy: { id: order }, ...part }));
}

/** Throws not_found. */
export async function getCaughtMail(db: Database, tenantId: TenantId, mailId: string): Promise<CaughtMail> {
  const where = { tenantId_id: { tenantId, id: requireId(mailId) } };
  const row = await db.forTenant(tenantId).caughtMail.findUnique({ where });
  if (!row) throw new DomainError("not_found");
  return row;
}

/** Writes down what came back, and sends those addresses no mail whose mail will always come back. */
export async function recordBounces(tx: TenantTransaction, tenantId: TenantId, report: BounceReport): Promise<void> {
  const { bounces, providerId, deliveryId } = report;
  for (const { address, suppress: reason, detail } of bounces) {
    if (!isAddress(address)) continue;
    if (reason) await suppress(tx, tenantId, { address, reason, detail });
    if (reason !== "complaint") await markBounced(tx, tenantId, { address, providerId, deliveryId, detail });
  }
}

/** Of some bounces those of addresses that a mail went to. */
export async function keepMailed(
  tx: TenantTransaction,
  tenantId: TenantId,
  deliveryId: string,
  bounces: Bounce[],
): Promise<Bounce[]> {
  if (!isId(deliveryId)) return [];
  const mail = await tx.delivery.findUnique({
    where: { tenantId_id: { tenantId, id: deliveryId } },
    select: { address: true },
  });
  return bounces.filter(({ address }) => address.toLowerCase() === mail?.address?.toLowerCase());
}

/** Which secret of a tenant's mail: sealed for one place, it cannot be read in another. */
type MailSecret = "password" | "postmark";

/** A secret as it is stored: encrypted with AUTH_SECRET, for this tenant and use alone. */
export function sealMailSecret(authSecret: string, tenantId: TenantId, kind: MailSecret, plain: string): string {
  return encryptSecret(deriveKey(authSecret, "stored-secrets"), plain, `mail:${tenantId}:${kind}`);
}

/**
 * The reverse of `sealMailSecret`.
 * @throws Error when it was sealed with another AUTH_SECRET, for another tenant or use, or was changed.
 */
export function openMailSecret(authSecret: string, tenantId: TenantId, kind: MailSecret, sealed: string): string {
  return decryptSecret(deriveKey(authSecret, "stored-secrets"), sealed, `mail:${tenantId}:${kind}`);
}
