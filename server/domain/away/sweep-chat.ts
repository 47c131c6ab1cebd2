import type { TenantId } from "../../auth/principal.ts";
import { newId } from "../../ids.ts";
import type { Step } from "../../log/planner.ts";
import { epochOf } from "../../log/store.ts";
import type { Database } from "../../persistence/database.ts";
import { enqueueJobs } from "../../persistence/jobs.ts";
import { unitOfWork, type Work } from "../../persistence/unit-of-work.ts";
import { awayType, deliveryChannels } from "../categories/schema.ts";
import { findRulings, type RulingOf } from "../deliveries/find-rulings.ts";
import { cancelDeliveries, insertDeliveries } from "../deliveries/store.ts";
import { insertNotifications, withdrawNotifications } from "../notifications/store.ts";
import { tenantSettingsSchema } from "../tenants/schema.ts";
import { lookAtMembers, stillWaiting, type Waiting } from "./member-store.ts";
import { type AwaySettings, after, earliest, sweepJob, writeNotice } from "./policy.ts";
import {
  endSweep,
  findFirstUnripe,
  findQuotes,
  findSweptChat,
  lockSweep,
  type Sweep,
  type SweptChat,
  saveNotices,
  saveSweep,
} from "./store.ts";

/** Each may mean two events: the log's head is held for that long. */
const membersAStep = 100;

export interface Sweeping {
  tenantId: TenantId;
  chatId: string;
  now: Date;
  /** For tests: see `Step`. */
  step?: Step | undefined;
  /** For tests: members a step. */
  members?: number | undefined;
}

/**
 * Tells the members of a chat who are away of what they have not read, when its time has come: one notification each, in place of the
 * one before. In steps that each commit, so that a chat may have any number of members and a worker may die at any moment.
 */
export async function sweepChat(db: Database, sweeping: Sweeping): Promise<void> {
  const { tenantId, step = () => {} } = sweeping;
  for (let more = true; more; ) {
    more = (await unitOfWork(db, tenantId, (work) => sweepSome(work, sweeping))) === true;
    await step("away committed");
  }
}

/** Whether there is more to do now. */
async function sweepSome(work: Work, sweeping: Sweeping): Promise<boolean> {
  const { tx } = work;
  const { tenantId, chatId, now, members = membersAStep, step = () => {} } = sweeping;
  const sweep = await lockSweep(tx, tenantId, chatId);
  // Somebody else was faster, or it is to be later now.
  if (!sweep || (sweep.startedAt === null && sweep.dueAt > now)) return false;
  const settings = await settingsOf(work, tenantId);
  const chat = settings.enabled ? await findSweptChat(tx, tenantId, chatId) : undefined;
  if (!chat) {
    await endSweep(tx, tenantId, chatId, now);
    return false;
  }
  const startedAt = sweep.startedAt ?? now;
  const ripe = after(startedAt, -settings.minutes);
  const look = { chatId, after: sweep.cursor ?? "", limit: members, ripe };
  const { cursor, waiting } = await lookAtMembers(tx, tenantId, look);
  const { ready, later } = sort(waiting, settings, now);
  const changed = await tell(work, sweeping, chat, ready);
  await step("away told");
  const nextAt = earliest(sweep.nextAt, later, changed ? after(now, 1) : undefined) ?? null;
  if (cursor !== null) {
    await saveSweep(tx, tenantId, chatId, { dueAt: sweep.dueAt, startedAt, cursor, nextAt });
    return true;
  }
  await finish(work, sweeping, { startedAt, nextAt, settings });
  await step("away finished");
  return false;
}

async function settingsOf({ tx }: Work, tenantId: TenantId): Promise<AwaySettings> {
  const { settings } = await tx.tenant.findUniqueOrThrow({ where: { id: tenantId } });
  return tenantSettingsSchema.parse(settings).notifications.away;
}

/**
 * Who is told now, and when the first of the others is to be looked at again: those who are here, or were told a while ago. A mention waits
 * for no pause after what was muted for the want of one: of that nobody was told.
 */
function sort(waiting: Waiting[], settings: AwaySettings, now: Date): { ready: Waiting[]; later: Date | undefined } {
  const times = waiting.map(({ connected, toldAt, notificationId, unmentioned, mentioned }) => {
    const waitsForNone = mentioned && unmentioned && notificationId === null;
    const pauseEnds = toldAt && !waitsForNone ? after(toldAt, settings.pauseMinutes) : now;
    if (pauseEnds > now) return pauseEnds;
    return connected ? after(now, settings.minutes) : undefined;
  });
  return { ready: waiting.filter((_, index) => times[index] === undefined), later: earliest(...times) };
}

/** Tells those who still wait, now that nothing can change any more; returns whether something had changed for somebody. */
async function tell(work: Work, sweeping: Sweeping, chat: SweptChat, ready: Waiting[]): Promise<boolean> {
  if (ready.length === 0) return false;
  const { tx } = work;
  const { tenantId, chatId, now } = sweeping;
  const asked = ready.map((one) => ({ ...one, id: one.userId, type: awayType, priority: 1, email: null, chatId }));
  const rulings = await findRulings(tx, tenantId, asked, now);
  await work.lockHead();
  const still = await stillWaiting(tx, tenantId, chatId, ready);
  const isMuted = ({ userId }: Waiting) => isMute(rulings, userId);
  const quotes = await findQuotes(tx, tenantId, chatId, still);
  const told = still.map((one) => ({ one, notificationId: isMuted(one) ? null : newId() }));
  const old = still.flatMap(({ notificationId }) => notificationId ?? []);
  await withdrawNotifications(work, tenantId, old, now);
  await cancelDeliveries(tx, tenantId, replacedBy(told, rulings), { status: "duplicate", rule: "replaced" });
  await cancelDeliveries(tx, tenantId, old);
  const news = told.flatMap(({ one, notificationId }) => {
    if (notificationId === null) return [];
    const content = writeNotice({ ...one, chat, quotes: quotes.get(one.userId) ?? [] });
    return [
      { id: notificationId, userId: one.userId, content, filed: rulings(one.userId, "inApp").outcome === "stop" },
    ];
  });
  if (news.length > 0) await insertNotifications(work, tenantId, news, now);
  await noteMuted(work, sweeping, still.filter(isMuted), rulings);
  await saveNotices(
    tx,
    tenantId,
    { chatId, at: now },
    told.map(({ one: { userId, fromSeq, toSeq, mentioned }, notificationId }) => {
      const unmentioned = notificationId === null && !mentioned;
      return { userId, notificationId, fromSeq, toSeq, unmentioned };
    }),
  );
  return still.length < ready.length;
}

/** Notices whose mail would say less than that of the ones that come in their place. */
function replacedBy(told: { one: Waiting; notificationId: string | null }[], rulings: RulingOf): string[] {
  const mailed = told.filter(
    ({ one, notificationId }) => notificationId !== null && rulings(one.userId, "email").outcome !== "stop",
  );
  return mailed.flatMap(({ one }) => one.notificationId ?? []);
}

function isMute(rulings: RulingOf, userId: string): boolean {
  const ruling = rulings(userId, "inApp");
  return ruling.outcome === "stop" && ruling.rule === "muted";
}

/** Who muted the chat gets nothing, and whoever asks why finds the reason. */
async function noteMuted(
  { tx }: Work,
  { tenantId, chatId }: Sweeping,
  muted: Waiting[],
  rulings: RulingOf,
): Promise<void> {
  if (muted.length === 0) return;
  const epoch = await epochOf(tx, tenantId);
  const rows = muted.flatMap(({ userId, toSeq, count }) => {
    const { detail } = rulings(userId, "inApp");
    return deliveryChannels.map((channel) => ({
      cause: `away:${chatId}:${toSeq}`,
      ...{ userId, channel, kind: "away" as const, type: awayType },
      ...{ subject: `${count} unread messages`, status: "muted" as const, rule: "muted", detail, epoch },
    }));
  });
  await insertDeliveries(tx, tenantId, rows);
}

/**
 * Everybody was looked at: the chat is looked through again when somebody may have to be told of something. Not within the minute: where
 * somebody says something every second, the first of what is not told yet is always due.
 */
async function finish(
  { tx }: Work,
  { tenantId, chatId, now }: Sweeping,
  { startedAt, nextAt, settings }: { startedAt: Date; nextAt: Date | null; settings: AwaySettings },
): Promise<void> {
  const unripe = await findFirstUnripe(tx, tenantId, chatId, after(startedAt, -settings.minutes));
  const next = earliest(nextAt, unripe && after(unripe, settings.minutes));
  if (!next) return endSweep(tx, tenantId, chatId, after(now, -settings.pauseMinutes));
  const dueAt = new Date(Math.max(next.getTime(), after(startedAt, 1).getTime()));
  const sweep: Sweep = { dueAt, startedAt: null, cursor: null, nextAt: null };
  await saveSweep(tx, tenantId, chatId, sweep);
  await enqueueJobs(tx, [sweepJob(tenantId, chatId, dueAt)]);
}
