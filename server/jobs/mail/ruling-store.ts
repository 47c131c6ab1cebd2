import type { TenantId } from "../../auth/principal.ts";
import { findRulings } from "../../domain/deliveries/find-rulings.ts";
import type { Ruling } from "../../domain/deliveries/policy.ts";
import { findPlannedNotification } from "../../domain/deliveries/store.ts";
import { digestJobs } from "../../domain/digests/policy.ts";
import { lockHolding } from "../../domain/digests/store.ts";
import type { Database } from "../../persistence/database.ts";
import { enqueueJobs } from "../../persistence/jobs.ts";
import { clockOf, type TenantTransaction, tenantTransaction } from "../../persistence/prisma.ts";
import { type ClaimedMail, finishMailIn, type MailEnd } from "./mail-store.ts";

const send: Ruling = { outcome: "send", rule: "asked" };

/**
 * What a person's preferences say of a mail now, where they may have changed since it was planned. What is folded into digests is so when
 * it is planned: a mail that is on its way already stays one, and waits for the end of quiet hours. An operator who asks for a mail again,
 * or for a test, has decided; and what a tenant's owners must know nobody's preferences hold.
 */
export async function findRulingAgain(db: Database, tenantId: TenantId, mail: ClaimedMail): Promise<Ruling> {
  const { kind, round, stale } = mail;
  if (!stale || round > 0 || kind === "test" || kind === "notice") return send;
  return await tenantTransaction(db.prisma, tenantId, (tx) => askAgain(tx, tenantId, mail));
}

async function askAgain(tx: TenantTransaction, tenantId: TenantId, mail: ClaimedMail): Promise<Ruling> {
  const { notificationId } = mail;
  const planned = notificationId && (await findPlannedNotification(tx, tenantId, notificationId));
  if (notificationId && !planned) return send; // it is gone, which is decided by other rules
  const judged = planned ? [planned] : typesOf(mail).map((type) => ({ ...ofNone, ...ofMail(mail), id: type, type }));
  const rulingOf = await findRulings(tx, tenantId, judged, await clockOf(tx));
  const rulings = judged.map(({ id }) => rulingOf(id, "email"));
  // A digest goes while anything in it is wanted.
  const ruling = rulings.find(({ outcome }) => outcome !== "stop") ?? rulings[0];
  return (ruling?.outcome === "fold" ? ruling.quiet : ruling) ?? send;
}

/** What a mail of no one notification is judged by: a digest by the types of what is in it, as each was when it was planned. */
function typesOf({ kind, type, mail }: ClaimedMail): string[] {
  const { types = [] } = kind === "digest" ? ((mail ?? {}) as { types?: string[] }) : {};
  return types.length > 0 ? types : [type];
}

const ofMail = ({ userId, address }: ClaimedMail) => ({ userId, email: address });
const ofNone = { priority: 1, chatId: null, mentioned: false };

/** Until when its notification is away: it may have come back since the mail was taken in hand. */
async function findSnooze(
  tx: TenantTransaction,
  tenantId: TenantId,
  { notificationId }: ClaimedMail,
): Promise<string | null> {
  const row = await tx.notification.findFirst({
    where: { tenantId, id: notificationId ?? "" },
    select: { snoozedUntil: true },
  });
  return row?.snoozedUntil?.toISOString() ?? null;
}

/**
 * Writes down that a mail waits for a time, and has somebody come for it then. It is judged once more where nobody can change what it waits
 * for: who did so before found no mail that waited, and who does so later finds this one. What need not wait is looked at again at once.
 */
export async function holdMail(
  db: Database,
  tenantId: TenantId,
  mail: ClaimedMail,
  judge: (ruling: Ruling) => MailEnd | undefined,
): Promise<void> {
  await tenantTransaction(db.prisma, tenantId, async (tx) => {
    await lockHolding(tx, tenantId);
    if (mail.notification) mail.notification.snoozedUntil = await findSnooze(tx, tenantId, mail);
    const end = judge(await askAgain(tx, tenantId, mail)) ?? {
      outcome: "stopped",
      status: "queued",
      dueAt: await clockOf(tx),
    };
    await finishMailIn(tx, tenantId, mail, end);
    await enqueueJobs(tx, digestJobs(tenantId, [end.heldUntil]));
  });
}
