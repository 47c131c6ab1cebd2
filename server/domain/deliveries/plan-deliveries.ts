import { newId } from "../../ids.ts";
import type { SetConsumer, Span } from "../../log/planner.ts";
import { clockOf } from "../../persistence/prisma.ts";
import { type DeliveryChannel, deliveryChannels } from "../categories/schema.ts";
import { digestJobs } from "../digests/policy.ts";
import { findDueBefore } from "../notifications/due-store.ts";
import { sayTime } from "../preferences/policy.ts";
import { findRulingsOf, type RulingOf } from "./find-rulings.ts";
import { decideDelivery, type Ruling } from "./policy.ts";
import { mailJob, type PlannedNotification } from "./store.ts";
import {
  type DecidedDelivery,
  type DecidedRow,
  findUndecided,
  insertDecided,
  type UndecidedGroup,
} from "./undecided-store.ts";

/**
 * One decision row for each delivery channel of each notification, and the job that sends what is to be mailed. It decides once for all
 * recipients who have everything in common that a decision looks at.
 */
export const planDeliveries: SetConsumer = {
  name: "deliveries",
  async planSpan(span) {
    const { tx, tenantId, epoch } = span;
    const groups = await findGroups(span);
    const now = await clockOf(tx);
    const samples = groups.flatMap(({ notification }) => notification ?? []);
    const rulings = await findRulingsOf(tx, tenantId, samples, now);
    const decided = groups.flatMap((group) =>
      deliveryChannels.map((channel) => ({ group, decision: decide(group, { channel, rulings, now }) })),
    );
    const decisions = decided.map(({ decision }) => decision);
    let queued = 0;
    for (const older of [true, false]) {
      const rows = decided.flatMap(({ group, decision }, place) =>
        group.older === older ? toRows(group, decision, place) : [],
      );
      const news = { epoch: older ? before : epoch, decisions, rows };
      if (rows.length > 0) queued += await insertDecided(tx, tenantId, news);
    }
    const times = decisions.map(({ heldUntil }) => heldUntil);
    const positions = groups.map(({ members }) => members.at(-1)?.position ?? 0);
    return {
      jobs: [...(queued > 0 ? [mailJob(tenantId)] : []), ...digestJobs(tenantId, times)],
      taken: groups.reduce((sum, { members }) => sum + members.length, 0),
      last: Math.max(span.after, ...positions),
    };
  },
};

/** Whoever may have been told before the epoch is in a group of those who may. */
async function findGroups(span: Span): Promise<UndecidedGroup[]> {
  const { tx, tenantId, gateAt } = span;
  const groups = await findUndecided(tx, tenantId, span);
  const ids = groups.flatMap(({ members }) => members.map(({ notificationId }) => notificationId));
  const dueBefore = await findDueBefore(tx, tenantId, ids, gateAt);
  if (dueBefore.size === 0) return groups;
  const parts = groups.flatMap((group) =>
    [true, false].map((was) => ({
      ...group,
      older: group.older || was,
      members: group.members.filter(({ notificationId }) => dueBefore.has(notificationId) === was),
    })),
  );
  return parts.filter(({ members }) => members.length > 0);
}

/** The epoch of what is older than the log's present one: what is held of it waits for an operator when its time comes. */
const before = 0;

function toRows({ members }: UndecidedGroup, { channel }: DecidedDelivery, place: number): DecidedRow[] {
  return members.map(({ address, ...member }) => ({
    ...member,
    id: newId(),
    place,
    address: channel === "email" ? address : null,
  }));
}

interface Asked {
  channel: DeliveryChannel;
  rulings: RulingOf;
  now: Date;
}

function decide(group: UndecidedGroup, asked: Asked): DecidedDelivery {
  const { notification, type, older } = group;
  const { channel, rulings, now } = asked;
  const decision = judge(group, asked);
  const waits = older && channel === "email" && decision.status === "queued";
  return {
    channel,
    kind: notification?.away ? "away" : "notification",
    type,
    batchId: notification?.batchId ?? undefined,
    status: waits ? "waiting" : decision.status,
    rule: waits ? "epoch" : decision.rule,
    detail: decision.detail,
    dueAt: decision.status === "queued" && !waits ? now : undefined,
    heldUntil: decision.until,
    mail: channel === "email" ? mailOf(notification, rulings) : undefined,
  };
}

/** What a mail about unread messages says; its times as the person's clock shows them. */
function mailOf(notification: PlannedNotification | null, rulings: RulingOf): object | undefined {
  if (!notification?.away) return undefined;
  const { chatId, fromSeq, chatName, count, messages } = notification.away;
  const zone = rulings.zoneOf(notification.id);
  const quotes = messages.map((quote) => ({ ...quote, at: sayTime(new Date(quote.at), zone) }));
  return { chatName, count, messages: quotes, chat: { id: chatId, seq: fromSeq } };
}

function judge({ notification, filed, members }: UndecidedGroup, { channel, rulings, now }: Asked) {
  const ruling = rulings(notification?.id ?? "", channel);
  return decideDelivery({
    channel,
    now,
    // What was filed counts as read and archived from the start: that is no reason against a mail.
    notification:
      notification && filed ? { ...notification, readAt: null, archivedAt: null } : (notification ?? undefined),
    ruling: channel === "inApp" ? asItCame(ruling, filed) : ruling,
    address: members[0]?.address ?? undefined,
    suppressed: undefined,
    way: "catcher",
  });
}

/** The inbox has it, or has it filed, since it came: what was said after that changes neither. */
function asItCame(ruling: Ruling, filed: boolean): Ruling {
  if (!filed) return ruling.outcome === "stop" ? { outcome: "send", rule: "earlier" } : ruling;
  const stands = ruling.outcome === "stop" && ruling.rule !== "muted";
  return stands ? ruling : { outcome: "stop", rule: "preference", detail: "not wanted in the inbox when it came" };
}
