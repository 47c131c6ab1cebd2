import type { TenantId } from "../../auth/principal.ts";
import type { TenantTransaction } from "../../persistence/prisma.ts";
import type { DeliveryChannel } from "../categories/schema.ts";
import type { Said, StoredTiming } from "../preferences/store.ts";
import type { NotificationState } from "./policy.ts";
import type { DeliveryKind, DeliveryStatus } from "./schema.ts";
import type { PlannedNotification } from "./store.ts";

// Hand-written SQL: of a send to many ten thousand decisions are made while it goes on, from one processor with it.

/** New notifications for whose recipients everything is the same that a decision looks at. */
export interface UndecidedGroup {
  /** From before the log's present epoch. */
  older: boolean;
  /** Put into the archive from the start. */
  filed: boolean;
  type: string;
  /** One of them, for all; null when they are gone. */
  notification: UndecidedNotification | null;
  /** In log order; either all or none have an address. */
  members: UndecidedMember[];
}

export interface UndecidedNotification extends PlannedNotification {
  said: Said;
}

export interface UndecidedMember {
  /** Of its event */
  position: number;
  userId: string;
  notificationId: string;
  /** The one that the sender named, else the profile's. */
  address: string | null;
}

type StoredNotification = Omit<UndecidedNotification, keyof NotificationState | "said"> &
  Record<keyof NotificationState, string | null> & { said: StoredSaid };

interface StoredSaid {
  zone: string | null;
  timing: (Omit<StoredTiming, "pausedUntil"> & { pausedUntil: string | null }) | null;
  choices: [type: string, channel: string, enabled: boolean][];
  mute: string;
  muteUntil: string | null;
}

interface GroupRow {
  older: boolean;
  filed: boolean;
  type: string;
  notification: StoredNotification | null;
  members: [position: number, userId: string, notificationId: string, address: string | null][];
}

/**
 * New notifications of a part of the log in groups; `gate`: events up to there are from before its present epoch. Where there are any,
 * nobody changes what is held until the commit: see `shareHolding`.
 */
export async function findUndecided(
  tx: TenantTransaction,
  tenantId: TenantId,
  span: { after: number; upto: number; limit: number; gate: number },
): Promise<UndecidedGroup[]> {
  const { after, upto, limit, gate } = span;
  const rows = await tx.$queryRaw<GroupRow[]>`
    select older, filed, type, notification, members
    from undecided_notifications_v2(${tenantId}, ${after}::bigint, ${upto}::bigint, ${limit}::int, ${gate}::bigint)`;
  return rows.map(({ notification, members, ...row }) => ({
    ...row,
    notification: notification && {
      ...notification,
      readAt: toDate(notification.readAt),
      archivedAt: toDate(notification.archivedAt),
      snoozedUntil: toDate(notification.snoozedUntil),
      expiresAt: toDate(notification.expiresAt),
      said: toSaid(notification.said),
    },
    members: members.map(([position, userId, notificationId, address]) => ({
      position,
      userId,
      notificationId,
      address,
    })),
  }));
}

function toSaid({ zone, timing, choices, mute, muteUntil }: StoredSaid): Said {
  return {
    timezone: zone,
    timing: timing && { ...timing, pausedUntil: toDate(timing.pausedUntil) },
    choices: choices.map(([type, channel, enabled]) => ({ type, channel, enabled })),
    mute: { notifyMute: mute, notifyUntil: toDate(muteUntil) },
  };
}

function toDate(text: string | null): Date | null {
  return text === null ? null : new Date(text);
}

/** What is decided of a group for one delivery channel. */
export interface DecidedDelivery {
  channel: DeliveryChannel;
  kind: DeliveryKind;
  type: string;
  batchId: string | undefined;
  status: DeliveryStatus;
  rule: string;
  detail: string | undefined;
  dueAt: Date | undefined;
  heldUntil: Date | undefined;
  /** What a mail says that is not of one notification. */
  mail: object | undefined;
}

export interface DecidedRow extends UndecidedMember {
  id: string;
  /** Of its decision in the list of them. */
  place: number;
}

/** Writes decisions; those that are there already stay as they are. Answers how many mails are queued by it. */
export async function insertDecided(
  tx: TenantTransaction,
  tenantId: TenantId,
  news: { epoch: number; decisions: DecidedDelivery[]; rows: DecidedRow[] },
): Promise<number> {
  const { epoch, decisions, rows } = news;
  const input = decisions.map(({ batchId, dueAt, heldUntil, ...decision }, place) => ({
    ...decision,
    place,
    batch_id: batchId,
    due_at: dueAt,
    held_until: heldUntil,
  }));
  const [answer] = await tx.$queryRaw<{ queued: number }[]>`
    select insert_decided_v1(${tenantId}, ${epoch}::bigint, ${JSON.stringify(input)}::json, ${rows.map(({ id }) => id)}::uuid[],
      ${rows.map(({ place }) => place)}::int[], ${rows.map(({ position }) => position)}::bigint[],
      ${rows.map(({ userId }) => userId)}, ${rows.map(({ notificationId }) => notificationId)}::uuid[],
      ${rows.map(({ address }) => address ?? "")}) as queued`;
  return answer?.queued ?? 0;
}
