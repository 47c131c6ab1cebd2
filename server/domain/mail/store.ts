import type { TenantId } from "../../auth/principal.ts";
import { decryptSecret, deriveKey, encryptSecret } from "../../config/secrets.ts";
import { DomainError } from "../../errors.ts";
import { isId, requireId } from "../../ids.ts";
import type { Database } from "../../persistence/database.ts";
import type { CaughtMail, MailHealth, MailSettings } from "../../persistence/generated/client.ts";
import type { Page } from "../../persistence/paging.ts";
import type { TenantTransaction } from "../../persistence/prisma.ts";
import { markBounced } from "../deliveries/store.ts";
import { suppress } from "../suppressions/store.ts";
import { isAddress } from "./policy.ts";
import type { Bounce, BounceReport } from "./read-bounce.ts";
import type { MailSettingsPatch } from "./schema.ts";

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

/** Takes over what a patch says; empty texts are taken back, secrets sealed. */
export async function saveMailSettings(
  tx: TenantTransaction,
  tenantId: TenantId,
  authSecret: string,
  patch: MailSettingsPatch,
): Promise<StoredMail> {
  const { password, postmarkSecret, ...plain } = patch;
  const emptied = Object.entries(plain).map(([field, value]) => [field, value === "" ? null : value]);
  const seal = (kind: MailSecret, secret: string) =>
    secret === "" ? null : sealMailSecret(authSecret, tenantId, kind, secret);
  const data = {
    ...(Object.fromEntries(emptied) as Omit<MailSettingsPatch, "password" | "postmarkSecret">),
    ...(password === undefined ? {} : { password: seal("password", password) }),
    ...(postmarkSecret === undefined ? {} : { postmarkSecret: seal("postmark", postmarkSecret) }),
    updatedAt: new Date(),
  };
  const where = { tenantId };
  const settings = await tx.mailSettings.upsert({ where, create: { tenantId, ...data }, update: data });
  // What was wrong with the server before says nothing of the one that is set now.
  await tx.mailHealth.updateMany({ where, data: { failures: 0, openUntil: null } });
  return { settings, health: await tx.mailHealth.findUnique({ where }) };
}

/** Mails that the catcher keeps, the newest first. */
export async function pageCaughtMails(
  db: Database,
  tenantId: TenantId,
  page: Page,
  deliveryId?: string,
): Promise<{ rows: Omit<CaughtMail, "raw">[]; total: number }> {
  const client = db.forTenant(tenantId);
  const where = { tenantId, ...(deliveryId === undefined ? {} : { deliveryId }) };
  const [rows, total] = await Promise.all([
    client.caughtMail.findMany({
      where,
      omit: { raw: true },
      orderBy: [{ caughtAt: "desc" }, { id: "desc" }],
      skip: page.offset,
      take: page.pageSize,
    }),
    client.caughtMail.count({ where }),
  ]);
  return { rows, total };
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

export function sealMailSecret(authSecret: string, tenantId: TenantId, kind: MailSecret, plain: string): string {
  return encryptSecret(deriveKey(authSecret, "stored-secrets"), plain, `mail:${tenantId}:${kind}`);
}

export function openMailSecret(authSecret: string, tenantId: TenantId, kind: MailSecret, sealed: string): string {
  return decryptSecret(deriveKey(authSecret, "stored-secrets"), sealed, `mail:${tenantId}:${kind}`);
}
