import type { TenantId } from "../../auth/principal.ts";
import { DomainError } from "../../errors.ts";
import { idsMadeIn } from "../../ids.ts";
import { byId, type Span } from "../../persistence/cursor-form.ts";
import type { Database } from "../../persistence/database.ts";
import type { Notification as NotificationRow, Prisma } from "../../persistence/generated/client.ts";
import { present, toMoment } from "../../persistence/present.ts";
import type { TenantTransaction } from "../../persistence/prisma.ts";
import type { Work } from "../../persistence/unit-of-work.ts";
import { noteCancelled } from "../deliveries/store.ts";
import type { Queryable } from "../messages/store.ts";
import { tenantSettingsSchema } from "../tenants/schema.ts";
import type { Content } from "./lane-store.ts";
import type { StoredNotification } from "./schema.ts";

// Hand-written SQL: what clients ask for at every start, scroll and event; one round trip with its tenant context against four through
// Prisma. And one function says how a notification is shown, in answers and events alike.

export interface InboxQuery {
  before?: number | undefined;
  after?: number | undefined;
  offset: number;
  limit: number;
  /** Whether the total is wanted; counting costs as much as the inbox is long. */
  counted: boolean;
  unreadOnly: boolean;
  type?: string | undefined;
  priority?: number | undefined;
  archived: boolean;
  snoozed: boolean;
  since?: string | undefined;
  now?: number | undefined; // ms since 1970; Postgres' clock without
}

export interface InboxRow {
  position: number;
  notification: StoredNotification;
}

/** A user's inbox, newest first. */
export async function listInbox(
  db: Database,
  tenantId: TenantId,
  userId: string,
  query: InboxQuery,
): Promise<{ rows: InboxRow[]; total: number }> {
  const { rows } = await db.pool.query<{
    pos: number | null;
    payload: StoredNotification | null;
    total: number | null;
  }>({
    name: "list_inbox_v1",
    text: `select pos, payload, total from list_inbox_v1($1, $2, ${present(3)}, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14)`,
    values: [
      tenantId,
      userId,
      toMoment(query.now),
      query.before ?? null,
      query.after ?? null,
      query.offset,
      query.limit,
      query.counted,
      query.unreadOnly,
      query.type ?? null,
      query.priority ?? null,
      query.archived,
      query.snoozed,
      query.since ?? null,
    ],
  });
  const found = rows.flatMap(({ pos, payload: it }) =>
    pos === null || !it ? [] : [{ position: pos, notification: it }],
  );
  return { rows: found, total: rows[0]?.total ?? 0 };
}

/** One of a user's own, if it is there for its owner now. */
export async function findOwn(
  db: Database,
  tenantId: TenantId,
  userId: string,
  { id, now }: { id: string; now?: number | undefined },
): Promise<StoredNotification | undefined> {
  const { rows } = await db.pool.query<{ payload: StoredNotification | null }>({
    name: "find_notification_v1",
    text: `select find_notification_v1($1, $2, $3, ${present(4)}) as payload`,
    values: [tenantId, userId, id, toMoment(now)],
  });
  return rows[0]?.payload ?? undefined;
}

/** Notifications by id, whoever's and whatever their state. Those that are not the tenant's are left out. */
export async function loadNotifications(
  client: Queryable,
  tenantId: TenantId,
  ids: string[],
): Promise<Map<string, StoredNotification>> {
  const { rows } = await client.query<{ payload: StoredNotification }>({
    name: "load_notifications_v1",
    text: "select payload from load_notifications_v1($1, $2) as payload",
    values: [tenantId, ids],
  });
  return new Map(rows.map(({ payload }) => [payload.id, payload]));
}

export interface AllQuery {
  userId?: string | undefined;
  type?: string | undefined;
  priority?: number | undefined;
  status?: string | undefined;
  batchId?: string | undefined;
  since?: string | undefined;
  until?: string | undefined;
  visibleSince?: string | undefined;
}

function whereOf(db: Database, tenantId: TenantId, query: AllQuery): Prisma.NotificationWhereInput {
  const { userId, type, priority, status, batchId, since, until, visibleSince } = query;
  return {
    tenantId,
    ...(userId === undefined ? {} : { userId }),
    ...(type === undefined ? {} : { type }),
    ...(priority === undefined ? {} : { priority }),
    ...(status === undefined ? {} : { status }),
    ...(batchId === undefined ? {} : { batchId }),
    ...(since || until ? { createdAt: { ...(since ? { gte: since } : {}), ...(until ? { lt: until } : {}) } } : {}),
    // A time alone has no index.
    AND: [{ id: idsMadeIn(since, until) }, ...(visibleSince ? appearedSince(db, visibleSince) : [])],
  };
}

/** What appears as it is made is found by its id, what waited for its time by an index of its own. What was filed at once appeared nowhere. */
function appearedSince(db: Database, moment: string): Prisma.NotificationWhereInput[] {
  const { visibleAt } = db.prisma.notification.fields;
  return [
    { status: "visible", visibleAt: { gte: moment } },
    { OR: [{ id: idsMadeIn(moment, undefined) }, { scheduledFor: { not: null } }] },
    { OR: [{ archivedAt: null }, { archivedAt: { gt: visibleAt } }] },
  ];
}

/** Notifications of the whole tenant by their id, which holds the time they were made: newest first, but for a few ms between nodes. */
export async function listAll(
  db: Database,
  tenantId: TenantId,
  query: AllQuery & Span<string>,
): Promise<NotificationRow[]> {
  const { id, order, arrange, ...part } = byId(query);
  const where = { ...whereOf(db, tenantId, query), id };
  return arrange(await db.forTenant(tenantId).notification.findMany({ where, orderBy: { id: order }, ...part }));
}

/** How many there are. */
export function countNotifications(db: Database, tenantId: TenantId, query: AllQuery): Promise<number> {
  return db.forTenant(tenantId).notification.count({ where: whereOf(db, tenantId, query) });
}

export function findAny(db: Database, tenantId: TenantId, id: string): Promise<NotificationRow | null> {
  return db.forTenant(tenantId).notification.findUnique({ where: { tenantId_id: { tenantId, id } } });
}

export interface NewNotification {
  id: string;
  userId: string;
  content: Content;
  email?: string | undefined;
  filed?: boolean;
}

/** Makes notifications that are visible at once, with their events, in a unit of work that holds the head; at most 500 a step. */
export async function insertNotifications(
  work: Work,
  tenantId: TenantId,
  news: NewNotification[],
  now: Date,
): Promise<StoredNotification[]> {
  await work.lockHead();
  const first = work.nextPosition();
  const rows = news.map(({ id, userId, content, email, filed = false }, index) => ({
    ...rowOf(tenantId, content),
    id,
    userId,
    email: email ?? null,
    status: "visible",
    position: first + index,
    createdAt: now,
    visibleAt: now,
    ...(filed ? { archivedAt: now, readAt: now, seenAt: now } : {}),
  }));
  await work.tx.notification.createMany({ data: rows });
  const ids = news.map(({ id }) => id);
  const shown = await showAll(work.tx, tenantId, ids);
  return news.map(({ id, filed }) => {
    const payload = shown.get(id);
    if (!payload) throw new Error("a notification that was just made is not there");
    const event = { userId: payload.userId, payload: { ...payload } };
    if (filed) work.emit({ type: "notification.updated", ...event, internal: { filed: true } });
    else work.emit({ type: "notification.created", ...event });
    return payload;
  });
}

function rowOf(tenantId: TenantId, content: Content) {
  return {
    tenantId,
    type: content.type,
    subject: content.subject,
    message: content.message,
    mailText: content.mailText ?? null,
    htmlContent: content.htmlContent ?? null,
    summary: content.summary ?? null,
    priority: content.priority,
    metadata: (content.metadata ?? {}) as Prisma.InputJsonObject,
    chatId: content.chatId ?? null,
    expiresAt: content.expiresAt ?? null,
    ...(content.template ? { template: content.template } : {}),
  };
}

async function showAll(tx: TenantTransaction, tenantId: TenantId, ids: string[]) {
  const rows = await tx.$queryRaw<{ payload: StoredNotification }[]>`
    select payload from load_notifications_v1(${tenantId}, ${ids}::uuid[]) as payload`;
  return new Map(rows.map(({ payload }) => [payload.id, payload]));
}

/** Takes visible notifications back, with their events, in a unit of work that holds the head. Returns how many there were. */
export async function withdrawNotifications(work: Work, tenantId: TenantId, ids: string[], now: Date): Promise<number> {
  await work.lockHead();
  const rows = await work.tx.$queryRaw<{ trace: StoredNotification }[]>`
    select notification_trace_v1(g, ${now}) as trace from delete_notifications_v1(${tenantId}, null, ${ids}::uuid[]) g`;
  for (const { trace } of rows)
    work.emit({ type: "notification.deleted", userId: trace.userId, payload: { ...trace } });
  return rows.length;
}

/** Takes back what is not there yet: nobody saw it, so nothing is logged. False when it is not scheduled. */
export async function cancelScheduled(work: Work, tenantId: TenantId, id: string): Promise<boolean> {
  await work.lockHead();
  const where = { tenantId, id, status: "scheduled" };
  const { count } = await work.tx.notification.updateMany({ where, data: { status: "cancelled" } });
  if (count > 0) await noteCancelled(work.tx, tenantId, [id]);
  return count > 0;
}

/** One of the tenant's, to be changed under the head. Throws `not_found`. */
export async function getScheduled(tx: TenantTransaction, tenantId: TenantId, id: string): Promise<NotificationRow> {
  const row = await tx.notification.findUnique({ where: { tenantId_id: { tenantId, id } } });
  if (!row) throw new DomainError("not_found");
  return row;
}

/** Writes what of a scheduled one is to be otherwise, and when it is due. Only under the head. */
export async function changeScheduled(
  tx: TenantTransaction,
  tenantId: TenantId,
  id: string,
  change: Partial<Omit<Content, "htmlContent">> & {
    htmlContent?: string | null | undefined;
  } & Partial<Record<"email" | "scheduledFor" | "scheduledForLocal", string | undefined>>,
): Promise<StoredNotification> {
  const { scheduledForLocal, metadata, template: _, ...fields } = change;
  await tx.notification.update({
    where: { tenantId_id: { tenantId, id } },
    data: {
      ...fields,
      // A mail's text is the template's own until the text is another.
      ...(fields.message === undefined ? {} : { mailText: null }),
      ...(metadata ? { metadata: metadata as Prisma.InputJsonObject } : {}),
      ...(change.scheduledFor ? { scheduledLocal: scheduledForLocal ?? null } : {}),
    },
  });
  const due = change.scheduledFor;
  if (due) await tx.$executeRaw`select mark_due_v1(${tenantId}, 'notifications', ${new Date(due)})`;
  const stored = (await showAll(tx, tenantId, [id])).get(id);
  if (stored) return stored;
  throw new DomainError("not_found");
}

/** In which time zone each user is: by profile, else the tenant's. */
export async function findZones(
  tx: TenantTransaction,
  tenantId: TenantId,
  userIds: string[],
): Promise<(userId: string) => string> {
  const users = await tx.user.findMany({
    where: { tenantId, id: { in: userIds }, timezone: { not: null } },
    select: { id: true, timezone: true },
  });
  const zones = new Map(users.map(({ id, timezone }) => [id, timezone]));
  const tenant = await tx.tenant.findUniqueOrThrow({ where: { id: tenantId }, select: { settings: true } });
  const { timezone } = tenantSettingsSchema.parse(tenant.settings);
  return (userId) => zones.get(userId) ?? timezone;
}
