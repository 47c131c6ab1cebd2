import type { TenantId } from "../../auth/principal.ts";
import type { Step } from "../../log/planner.ts";
import type { Database } from "../../persistence/database.ts";
import { enqueueJobs } from "../../persistence/jobs.ts";
import { unitOfWork, type Work } from "../../persistence/unit-of-work.ts";
import { cancelDeliveries } from "../deliveries/store.ts";
import { withdrawNotifications } from "../notifications/store.ts";
import { tenantSettingsSchema } from "../tenants/schema.ts";
import { after, sweepJob } from "./policy.ts";
import { armSweeps, findQuoting, forgetNotices, lockStale, lockSweep } from "./store.ts";

const noticesAStep = 100;

export interface Withdrawing {
  tenantId: TenantId;
  chatId: string;
  /** Of these members; of all unless given. */
  userIds?: string[] | undefined;
  /** A message that was deleted: what quotes it goes, even if there is more to tell of. */
  deletedSeq?: number | undefined;
  now: Date;
  step?: Step | undefined;
}

/** Takes back what members were told of, where it is read or deleted by now, and the mail that has not gone out. In steps. */
export async function withdrawNotices(db: Database, withdrawing: Withdrawing): Promise<void> {
  for (let cursor: string | undefined = ""; cursor !== undefined; ) {
    const from: string = cursor;
    cursor = (await unitOfWork(db, withdrawing.tenantId, (work) => withdrawSome(work, withdrawing, from))) as
      | string
      | undefined;
    await withdrawing.step?.("notices withdrawn");
  }
}

/** The last member of the step, if there may be more. */
async function withdrawSome(work: Work, withdrawing: Withdrawing, cursor: string): Promise<string | undefined> {
  const { tx } = work;
  const { tenantId, chatId, now } = withdrawing;
  // Sweeps are locked before the head, here as in the sweep itself.
  if (cursor === "" && !(await armAnew(work, withdrawing))) return undefined;
  await work.lockHead();
  const stale = await lockStale(tx, tenantId, { ...withdrawing, after: cursor, limit: noticesAStep });
  if (stale.length === 0) return undefined;
  const ids = stale.map(({ notificationId }) => notificationId);
  await withdrawNotifications(work, tenantId, ids, now);
  await cancelDeliveries(tx, tenantId, ids);
  await forgetNotices(tx, tenantId, chatId, stale);
  return stale.length < noticesAStep ? undefined : stale.at(-1)?.userId;
}

/**
 * What quoted a deleted message may have told of others too: its reader is looked at again when the pause is over. False when nobody was
 * told of the message, as of most that are deleted: everybody who sends would wait for the head meanwhile.
 */
async function armAnew({ tx }: Work, { tenantId, chatId, deletedSeq, now }: Withdrawing): Promise<boolean> {
  if (deletedSeq === undefined) return true;
  // A sweep that looked before the deletion is waited for: what it tells of is found.
  await lockSweep(tx, tenantId, chatId);
  const toldAt = await findQuoting(tx, tenantId, chatId, deletedSeq);
  if (!toldAt) return false;
  const tenant = await tx.tenant.findUniqueOrThrow({ where: { id: tenantId } });
  const { pauseMinutes } = tenantSettingsSchema.parse(tenant.settings).notifications.away;
  const pauseEnds = after(toldAt, pauseMinutes);
  const armed = await armSweeps(tx, tenantId, [{ chatId, dueAt: pauseEnds > now ? pauseEnds : now }]);
  await enqueueJobs(
    tx,
    armed.map(({ dueAt }) => sweepJob(tenantId, chatId, dueAt)),
  );
  return true;
}
