import type { TenantId } from "../../auth/principal.ts";
import { rulingsOf } from "../../domain/digests/close-digest.ts";
import { digestJobs, judgeHeld, writeDigest } from "../../domain/digests/policy.ts";
import { findDigestItems, type Settled, settleItems } from "../../domain/digests/store.ts";
import type { Database } from "../../persistence/database.ts";
import { enqueueJobs } from "../../persistence/jobs.ts";
import { clockOf } from "../../persistence/prisma.ts";
import { unitOfWork } from "../../persistence/unit-of-work.ts";
import type { ClaimedMail, MailEnd } from "./mail-store.ts";

/** Of what waits in a digest these are no reasons to leave it out: they hold all of it, or none. */
const heldOn = ["held", "folded", "no_address"];

/** An operator takes out what is sent again. */
const emptied = {
  outcome: "stopped",
  status: "cancelled",
  rule: "operator",
  detail: "All that was left in it was sent again by itself",
} as const;

/**
 * Writes a digest anew, into `mail`, that was made a while ago: what was read, archived, withdrawn, has expired or is no longer wanted is left
 * out, and its row says why; what was snoozed waits for its own time. Answers why it is not sent when nothing is left. An operator who asks for it again knows what was done with it.
 */
export async function rewriteDigest(db: Database, tenantId: TenantId, mail: ClaimedMail): Promise<MailEnd | undefined> {
  const again = mail.round > 0;
  const said = (mail.mail ?? {}) as { items?: unknown[] };
  if (mail.kind !== "digest" || (!mail.stale && !again && said.items?.length)) return undefined;
  // An operator who sends one of its items again has locked that first: such a deadlock is tried again.
  return await unitOfWork(db, tenantId, async ({ tx }) => {
    const now = await clockOf(tx);
    const items = await findDigestItems(tx, tenantId, mail.id);
    if (items.length === 0) return said.items?.length ? undefined : emptied;
    const rulings = await rulingsOf(tx, tenantId, items, now);
    const judged = items.map((item) => {
      const ruling = again ? ({ outcome: "send", rule: "operator" } as const) : rulings(item.notificationId, "email");
      return judgeHeld(again ? { ...item, readAt: null, archivedAt: null, snoozedUntil: null } : item, ruling, now);
    });
    const over = judged.flatMap(({ settled }) => (settled && isOut(settled) ? settled : []));
    const left = items.filter(({ id }) => !over.some((one) => one.id === id));
    if (!again) await settleItems(tx, tenantId, over);
    const times = over.map(({ heldUntil }) => heldUntil);
    await enqueueJobs(tx, digestJobs(tenantId, again ? [] : times));
    const zone = rulings.zoneOf(left[0]?.notificationId ?? "");
    const words = writeDigest(left, { rhythm: items[0]?.rule === "digest", zone });
    const data = { mail: words, ...(left.length > 0 ? { subject: words.title } : {}) };
    await tx.delivery.update({ where: { tenantId_id: { tenantId, id: mail.id } }, data });
    Object.assign(mail, data);
    if (left.length > 0) return undefined;
    const first = over.find(({ heldUntil }) => !heldUntil) ?? { status: "cancelled", rule: "snoozed" };
    return { ...first, outcome: "stopped" };
  });
}

function isOut({ status, rule }: Settled): boolean {
  return rule === "snoozed" || !heldOn.includes(status);
}
