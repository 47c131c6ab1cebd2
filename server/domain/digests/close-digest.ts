import type { TenantId } from "../../auth/principal.ts";
import { newId } from "../../ids.ts";
import type { Step } from "../../log/planner.ts";
import type { Database } from "../../persistence/database.ts";
import { enqueueJobs } from "../../persistence/jobs.ts";
import { type TenantTransaction, tenantTransaction } from "../../persistence/prisma.ts";
import { findRulings, type RulingOf } from "../deliveries/find-rulings.ts";
import { insertDeliveries, mailJob } from "../deliveries/store.ts";
import { everyType } from "../preferences/schema.ts";
import { digestJobs, judgeHeld, writeDigest } from "./policy.ts";
import { type HeldItem, lockDueItems, type Reader, type Settled, settleItems } from "./store.ts";

/** In one digest. Its mail shows fewer and says how many more there are. */
const maxItems = 2000;

interface Closing {
  now: Date;
  /** For tests: see `Step`. */
  step?: Step | undefined;
  /** For tests: items in one digest. */
  most?: number | undefined;
}

/**
 * Lets go what is held for one reader and whose time has come: one by itself, several as one mail. In one transaction with that mail's
 * decision row and job, so that however often it runs and dies, each item is in one digest and each digest is one mail.
 */
export function closeDigest(
  db: Database,
  tenantId: TenantId,
  reader: Reader,
  { now, step = () => {}, most = maxItems }: Closing,
): Promise<void> {
  return tenantTransaction(db.prisma, tenantId, async (tx) => {
    const items = await lockDueItems(tx, tenantId, reader, { now, limit: most });
    await step("digest locked");
    const rulings = await rulingsOf(tx, tenantId, items, now);
    const judged = items.map((item) => judgeHeld(item, rulings(item.notificationId, "email"), now));
    const going = judged.flatMap(({ goes, item }) => (goes ? [item] : []));
    const settled = judged.flatMap(({ settled }) => settled ?? []);
    const rhythm = judged.some(({ inDigest }) => inDigest);
    const zone = rulings.zoneOf(items[0]?.notificationId ?? "");
    for (const alike of byEpoch(going))
      settled.push(...(await letGo(tx, tenantId, { reader, going: alike, rhythm, zone, now })));
    await step("digest written");
    await settleItems(tx, tenantId, settled);
    await step("digest settled");
    // There may be more than fits: the rest goes in the next one, at once.
    const times = [...settled.map(({ heldUntil }) => heldUntil), ...(items.length === most ? [now] : [])];
    await enqueueJobs(tx, [...(going.length > 0 ? [mailJob(tenantId)] : []), ...digestJobs(tenantId, times)]);
    await step("digest enqueued");
  }).then(() => step("digest committed"));
}

/** What preferences say of what is in a digest, or may be. */
export function rulingsOf(tx: TenantTransaction, tenantId: TenantId, items: HeldItem[], now: Date): Promise<RulingOf> {
  const asked = items.map((item) => ({ ...item, id: item.notificationId, priority: item.priority ?? 1 }));
  return findRulings(tx, tenantId, asked, now);
}

/** What was planned before a restore may have gone out before it: it waits for an operator, and nothing new waits with it. */
function byEpoch(items: HeldItem[]): HeldItem[][] {
  const epochs = new Set(items.map(({ epoch }) => epoch));
  return [...epochs].map((epoch) => items.filter((item) => item.epoch === epoch));
}

interface Going {
  reader: Reader;
  /** All of one epoch, at least one. */
  going: HeldItem[];
  /** The reader wants digests: then one alone is one too. */
  rhythm: boolean;
  zone: string;
  now: Date;
}

async function letGo(
  tx: TenantTransaction,
  tenantId: TenantId,
  { reader, going, rhythm, zone, now }: Going,
): Promise<Settled[]> {
  if (going.length === 1 && !rhythm)
    return going.map(({ id }) => ({ id, status: "queued", rule: "released", dueAt: now }));
  const digestId = newId();
  const mail = writeDigest(going, { rhythm, zone });
  await insertDeliveries(tx, tenantId, [
    {
      cause: `digest:${digestId}`,
      userId: reader.userId,
      channel: "email",
      kind: "digest",
      type: everyType,
      subject: mail.title,
      status: "queued",
      rule: rhythm ? "digest" : "summary",
      detail: `${going.length} notifications`,
      address: reader.address,
      dueAt: now,
      digestId,
      mail,
      epoch: Number(going[0]?.epoch),
    },
  ]);
  return going.map(({ id }) => ({ id, status: "folded", rule: rhythm ? "digest" : "summary", digestId }));
}
