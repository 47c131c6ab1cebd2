import type { TenantId } from "../../auth/principal.ts";
import { isId, newId } from "../../ids.ts";
import type { Database } from "../../persistence/database.ts";
import type { Prisma } from "../../persistence/generated/client.ts";
import type { Job } from "../../persistence/jobs.ts";
import { literally } from "../../persistence/like.ts";
import type { TenantTransaction } from "../../persistence/prisma.ts";
import type { AwayMetadata } from "../away/schema.ts";
import type { DeliveryChannel } from "../categories/schema.ts";
import type { NotificationState } from "./policy.ts";
import type { DeliveryKind, DeliveryStatus } from "./schema.ts";

export interface NewDelivery {
  /** `event:{position}`, `digest:{id}`, `away:{id}`, `test:{id}`: with recipient and channel it is there once. */
  cause: string;
  userId: string;
  channel: DeliveryChannel;
  kind: DeliveryKind;
  notificationId?: string | undefined;
  batchId?: string | undefined;
  type: string;
  subject: string;
  status: DeliveryStatus;
  rule?: string | undefined;
  detail?: string | undefined;
  address?: string | undefined;
  /** Of a queued one: now unless given. */
  dueAt?: Date | undefined;
  heldUntil?: Date | undefined;
  digestId?: string | undefined;
  /** What a mail says that is not of one notification; props of its template in emails/. */
  mail?: object | undefined;
  epoch: number;
}

export interface InsertedDelivery {
  id: string;
  cause: string;
  userId: string;
  channel: DeliveryChannel;
  status: DeliveryStatus;
}

/**
 * Writes decisions; those that are there already stay as they are. Returns the new ones. One statement for any number. Hand-written SQL:
 * a hundred cost a node 4 ms of processor, and as rows of Prisma's createManyAndReturn 45.
 */
export async function insertDeliveries(
  tx: TenantTransaction,
  tenantId: TenantId,
  news: NewDelivery[],
): Promise<InsertedDelivery[]> {
  if (news.length === 0) return [];
  const input = news.map((one) => ({
    id: newId(),
    cause: one.cause,
    user_id: one.userId,
    channel: one.channel,
    kind: one.kind,
    notification_id: one.notificationId,
    batch_id: one.batchId,
    type: one.type,
    subject: one.subject,
    status: one.status,
    rule: one.rule,
    detail: one.detail,
    address: one.address,
    due_at: one.dueAt,
    held_until: one.heldUntil,
    digest_id: one.digestId,
    mail: one.mail,
    epoch: one.epoch,
  }));
  return await tx.$queryRaw<InsertedDelivery[]>`
    insert into deliveries (tenant_id, id, cause, user_id, channel, kind, notification_id, batch_id, type, subject, status, rule, detail,
      address, due_at, held_until, digest_id, mail, epoch)
    select ${tenantId}, r.id, r.cause, r.user_id, r.channel, r.kind, r.notification_id, r.batch_id, r.type, r.subject, r.status, r.rule, r.detail,
      r.address, case when r.status = 'queued' then coalesce(r.due_at, clock_timestamp()) end, r.held_until, r.digest_id, r.mail, r.epoch
    from json_to_recordset(${JSON.stringify(input)}::json) as r (id uuid, cause text, user_id text, channel text,
      kind text, notification_id uuid, batch_id uuid, type text, subject text, status text, rule text, detail text, address text,
      due_at timestamptz, held_until timestamptz, digest_id uuid, mail jsonb, epoch bigint)
    on conflict (tenant_id, cause, user_id, channel) do nothing
    returning id, cause, user_id as "userId", channel, status`;
}

/** The job that sends a tenant's mail that is due. To be enqueued in the transaction that queues a delivery. */
export function mailJob(tenantId: TenantId): Job {
  return { task: "mail", payload: { tenantId }, key: `mail:${tenantId}` };
}

/** Takes back what has not gone out, nor into a digest that is made, of notifications that are withdrawn, or that another one stands for. */
export async function cancelDeliveries(
  tx: TenantTransaction,
  tenantId: TenantId,
  notificationIds: string[],
  why: { status: "cancelled" | "duplicate"; rule: string } = { status: "cancelled", rule: "deleted" },
): Promise<number> {
  const { count } = await tx.delivery.updateMany({
    where: {
      ...{ tenantId, notificationId: { in: notificationIds } },
      OR: [{ status: { in: ["queued", "held", "waiting"] } }, { status: "folded", digestId: null }],
    },
    data: { ...why, detail: null, dueAt: null, heldUntil: null, updatedAt: new Date() },
  });
  return count;
}

/** Says of scheduled notifications that were cancelled that nobody was told, either way. */
export async function noteCancelled(tx: TenantTransaction, tenantId: TenantId, ids: string[]): Promise<void> {
  await tx.$executeRaw`
    insert into deliveries (tenant_id, id, cause, user_id, channel, kind, notification_id, batch_id, type, subject, status, rule, epoch)
    select ${tenantId}, gen_random_uuid(), 'cancelled:' || n.id, n.user_id, c, 'notification', n.id, n.batch_id, n.type, n.subject,
      'cancelled', 'cancelled', log_epoch_v1(l.epoch)
    from notifications n, unnest(array['inApp', 'email']) as c, tenant_log l
    where n.tenant_id = ${tenantId} and n.id = any (${ids}::uuid[]) and n.status = 'cancelled' and l.tenant_id = ${tenantId}
    on conflict (tenant_id, cause, user_id, channel) do nothing`;
}

export interface DeliverySummary {
  email?: { status: DeliveryStatus; detail?: string; at: string };
}

/** What became of notifications' mails. A notification without an entry is not planned yet, or none was asked for. */
export async function findDeliverySummaries(
  db: Database,
  tenantId: TenantId,
  notificationIds: string[],
): Promise<Map<string, DeliverySummary>> {
  if (notificationIds.length === 0) return new Map();
  const rows = await db.forTenant(tenantId).delivery.findMany({
    where: { tenantId, notificationId: { in: notificationIds }, channel: "email", status: { not: "not_asked" } },
    select: { notificationId: true, status: true, detail: true, updatedAt: true },
  });
  return new Map(
    rows.map(({ notificationId, status, detail, updatedAt }) => [
      notificationId ?? "",
      {
        email: {
          status: status as DeliveryStatus,
          ...(detail === null ? {} : { detail }),
          at: updatedAt.toISOString(),
        },
      },
    ]),
  );
}

export interface PlannedNotification extends NotificationState {
  id: string;
  userId: string;
  type: string;
  priority: number;
  /** Where its sender asked for a mail to go. */
  email: string | null;
  batchId: string | null;
  chatId: string | null;
  /** Of one that is about a chat: the person is mentioned there. */
  mentioned: boolean;
  /** Of one about unread messages: what it tells of them. */
  away: AwayMetadata | null;
}

/** What preferences are asked about of a notification; undefined when it is gone. */
export async function findPlannedNotification(
  tx: TenantTransaction,
  tenantId: TenantId,
  id: string,
): Promise<Omit<PlannedNotification, keyof NotificationState | "batchId" | "away"> | undefined> {
  const row = await tx.notification.findFirst({
    where: { tenantId, id, status: "visible" },
    select: { id: true, userId: true, type: true, priority: true, email: true, chatId: true, metadata: true },
  });
  if (!row) return undefined;
  const { metadata, ...rest } = row;
  return { ...rest, mentioned: row.chatId !== null && (metadata as Partial<AwayMetadata>).mentioned === true };
}

/**
 * Says that mails came back: those to an address under one of the names that we or the mail server gave them. One whose last
 * try has no end yet was taken though that is not written down, or its worker died before; it is not tried again.
 */
export async function markBounced(
  tx: TenantTransaction,
  tenantId: TenantId,
  bounce: { deliveryId?: string | undefined; providerId?: string | undefined; address: string; detail: string },
): Promise<number> {
  const { deliveryId, providerId, address, detail } = bounce;
  const names: Prisma.DeliveryWhereInput[] = [
    ...(deliveryId && isId(deliveryId) ? [{ id: deliveryId }] : []),
    ...(providerId ? [{ providerId }] : []),
  ];
  if (names.length === 0) return 0;
  const mails = { tenantId, address: { equals: literally(address), mode: "insensitive" as const }, OR: names };
  const queued = await tx.delivery.findMany({ where: { ...mails, status: "queued" }, select: { id: true } });
  const lastTries = await tx.deliveryAttempt.findMany({
    where: { tenantId, deliveryId: { in: queued.map(({ id }) => id) } },
    orderBy: { number: "desc" },
    distinct: ["deliveryId"],
    select: { deliveryId: true, outcome: true },
  });
  const open = lastTries.filter(({ outcome }) => outcome === null).map(({ deliveryId }) => deliveryId);
  const { count } = await tx.delivery.updateMany({
    where: { ...mails, AND: { OR: [{ status: "sent" }, { status: "queued", id: { in: open } }] } },
    data: { status: "bounced", rule: "bounce", detail, dueAt: null, updatedAt: new Date() },
  });
  return count;
}
