import type { Pool } from "pg";
import type { TenantId } from "../../auth/principal.ts";
import type { DeliveryKind, DeliveryStatus } from "../../domain/deliveries/schema.ts";
import { newId } from "../../ids.ts";
import type { Database } from "../../persistence/database.ts";
import { enqueueJobs } from "../../persistence/jobs.ts";
import { type TenantTransaction, tenantTransaction } from "../../persistence/prisma.ts";

// Hand-written SQL: two round trips a mail.

/** A mail to be sent, and everything that decides about it, as it was when it was claimed. */
export interface ClaimedMail {
  id: string;
  userId: string;
  kind: DeliveryKind;
  type: string;
  subject: string;
  address: string | null;
  mail: unknown;
  round: number;
  /** Of this round, this one included. */
  attempts: number;
  /** Of the attempt, over all rounds. */
  number: number;
  createdAt: string;
  notificationId: string | null;
  /** Planned before the log's present epoch. */
  older: boolean;
  /** Null when it is gone, and for mails that are of none. */
  notification: {
    subject: string;
    message: string;
    mailText: string | null;
    htmlContent: string | null;
    summary: string | null;
    readAt: string | null;
    archivedAt: string | null;
    snoozedUntil: string | null;
    expiresAt: string | null;
  } | null;
  /** Why the address gets no mail. */
  suppressed: string | null;
  /** What its person wants may be something else than when it was planned. */
  stale: boolean;
  /** False for what its category must tell. */
  mayUnsubscribe: boolean;
}

/** How a try ended, and what becomes of the mail. */
export interface MailEnd {
  outcome: "sent" | "temporary" | "permanent" | "caught" | "stopped";
  words?: string | undefined;
  status: DeliveryStatus;
  rule?: string | undefined;
  detail?: string | undefined;
  dueAt?: Date | undefined;
  heldUntil?: Date | undefined;
  providerId?: string | undefined;
  /** An address that gets no mail from now on. */
  suppress?: string | undefined;
}

/** The mail that is due for the longest; undefined when none is. */
export async function claimMail(pool: Pool, tenantId: TenantId): Promise<ClaimedMail | undefined> {
  const { rows } = await pool.query<{ mail: ClaimedMail | null }>({
    name: "claim_mail_v1",
    text: "select claim_mail_v1($1) as mail",
    values: [tenantId],
  });
  return rows[0]?.mail ?? undefined;
}

export async function finishMail(pool: Pool, tenantId: TenantId, mail: ClaimedMail, end: MailEnd): Promise<void> {
  await pool.query({
    name: "finish_mail_v3",
    text: "select finish_mail_v3($1, $2)",
    values: [tenantId, endOf(mail, end)],
  });
}

/** The same together with what goes with it. */
export async function finishMailIn(
  tx: TenantTransaction,
  tenantId: TenantId,
  mail: ClaimedMail,
  end: MailEnd,
): Promise<void> {
  await tx.$queryRaw`select finish_mail_v3(${tenantId}, ${endOf(mail, end)}::json)::text`;
}

const endOf = ({ id, number, address }: ClaimedMail, end: MailEnd) => JSON.stringify({ ...end, id, number, address });

/** Frees what a pump that died was at. To be called by who holds the tenant's mail. */
export async function freeClaims(pool: Pool, tenantId: TenantId): Promise<void> {
  await pool.query("select free_mail_v1($1)", [tenantId]);
}

/** Comes back when the tenant's next mail is due, but not before a time. To be called when the hold is given up. */
export async function schedulePump(pool: Pool, tenantId: TenantId, notBefore: Date): Promise<void> {
  await pool.query("select schedule_mail_v1($1, $2)", [tenantId, notBefore]);
}

/** Has somebody come to a tenant's mail at a time, whatever is due by then. */
export async function lookAgain(db: Database, tenantId: TenantId, runAt: Date): Promise<void> {
  // A key of its own: a look that is due earlier stays.
  const job = { task: "mail", payload: { tenantId }, key: `mail-again:${tenantId}`, runAt };
  await tenantTransaction(db.prisma, tenantId, (tx) => enqueueJobs(tx, [job]));
}

/** Newest mails that a tenant's catcher keeps. */
const caughtKept = 200;

/** Keeps a mail that has nowhere to go, and writes down that it was. One that is gone by now, as its person was erased, is not kept. */
export async function catchMail(db: Database, tenantId: TenantId, mail: ClaimedMail, raw: Buffer): Promise<void> {
  const { id: deliveryId, address, subject } = mail;
  await tenantTransaction(db.prisma, tenantId, async (tx) => {
    const there = await tx.$executeRaw`
      select from deliveries where tenant_id = ${tenantId} and id = ${deliveryId}::uuid for no key update`;
    if (there === 0) return;
    await tx.caughtMail.create({
      data: { tenantId, id: newId(), deliveryId, recipient: address ?? "", subject, raw: Uint8Array.from(raw) },
    });
    await tx.$executeRaw`
      delete from caught_mails where tenant_id = ${tenantId} and id in (
        select id from caught_mails where tenant_id = ${tenantId} order by id desc offset ${caughtKept})`;
    await finishMailIn(tx, tenantId, mail, { outcome: "caught", status: "caught", rule: "catcher" });
  });
}
