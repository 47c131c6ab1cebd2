import type { TenantId } from "../../auth/principal.ts";
import { findRulings } from "../../domain/deliveries/find-rulings.ts";
import type { Ruling } from "../../domain/deliveries/policy.ts";
import { findPlannedNotification } from "../../domain/deliveries/store.ts";
import { digestJobs } from "../../domain/digests/policy.ts";
import type { Database } from "../../persistence/database.ts";
import { enqueueJobs } from "../../persistence/jobs.ts";
import { tenantTransaction } from "../../persistence/prisma.ts";
import type { ClaimedMail } from "./mail-store.ts";

const send: Ruling = { outcome: "send", rule: "asked" };

/**
 * What a person's preferences say of a mail now, where they may have changed since it was planned. What is folded into digests is so when
 * it is planned: a mail that is on its way already stays one. An operator who asks for a mail again, or for a test, has decided.
 */
export async function findRulingAgain(db: Database, tenantId: TenantId, mail: ClaimedMail): Promise<Ruling> {
  const { kind, round, stale, notificationId } = mail;
  if (!stale || round > 0 || kind === "test") return send;
  return await tenantTransaction(db.prisma, tenantId, async (tx) => {
    const planned = notificationId && (await findPlannedNotification(tx, tenantId, notificationId));
    if (notificationId && !planned) return send; // it is gone, which is decided by other rules
    // A digest asks as its own unsubscribe link does: of its type.
    const judged = planned || { ...ofDigest, id: mail.id, userId: mail.userId, type: mail.type, email: mail.address };
    const ruling = (await findRulings(tx, tenantId, [judged], new Date()))(judged.id, "email");
    return ruling.outcome === "fold" ? send : ruling;
  });
}

const ofDigest = { priority: 1, chatId: null, mentioned: false };

/** Has what is held until then let go. */
export async function scheduleRelease(db: Database, tenantId: TenantId, until: Date): Promise<void> {
  await tenantTransaction(db.prisma, tenantId, (tx) => enqueueJobs(tx, digestJobs(tenantId, [until])));
}
