import type { TenantId } from "../../auth/principal.ts";
import { DomainError } from "../../errors.ts";
import { isId, nilId, requireId } from "../../ids.ts";
import { epochOf } from "../../log/store.ts";
import type { Span } from "../../persistence/cursor-form.ts";
import type { Database } from "../../persistence/database.ts";
import { type Delivery, type DeliveryAttempt, Prisma } from "../../persistence/generated/client.ts";
import { clockOf, type TenantTransaction } from "../../persistence/prisma.ts";
import { byTime, type TimeCursor } from "../../persistence/time-cursor.ts";
import type { DeliveryChannel } from "../categories/schema.ts";
import type { DeliveryKind, DeliveryStatus } from "./schema.ts";

export interface DeliveryQuery {
  status?: DeliveryStatus | undefined;
  channel?: DeliveryChannel | undefined;
  kind?: DeliveryKind | undefined;
  userId?: string | undefined;
  notificationId?: string | undefined;
  batchId?: string | undefined;
  digestId?: string | undefined;
  since?: string | undefined;
  failedSince?: string | undefined;
}

/** Deliveries, the newest first. */
export async function listDeliveriesBetween(
  db: Database,
  tenantId: TenantId,
  query: DeliveryQuery,
  span: Span<TimeCursor>,
): Promise<Delivery[]> {
  const { bounds, arrange, ...part } = byTime(span, { at: "createdAt", id: "id" });
  const where = { AND: [whereOf(tenantId, query), ...bounds] };
  return arrange(await db.forTenant(tenantId).delivery.findMany({ where, ...part }));
}

/** How many there are of such deliveries. */
export function countAllDeliveries(db: Database, tenantId: TenantId, query: DeliveryQuery): Promise<number> {
  return db.forTenant(tenantId).delivery.count({ where: whereOf(tenantId, query) });
}

/** How many deliveries there are of each channel and status. */
export async function countDeliveries(
  db: Database,
  tenantId: TenantId,
  query: DeliveryQuery,
): Promise<{ channel: DeliveryChannel; status: DeliveryStatus; count: number }[]> {
  const rows = await db.forTenant(tenantId).delivery.groupBy({
    by: ["channel", "status"],
    where: whereOf(tenantId, query),
    _count: { _all: true },
  });
  return rows.map(({ channel, status, _count }) => ({
    channel: channel as DeliveryChannel,
    status: status as DeliveryStatus,
    count: _count._all,
  }));
}

/** Throws not_found. */
export async function getDelivery(db: Database, tenantId: TenantId, deliveryId: string): Promise<Delivery> {
  const id = requireId(deliveryId);
  const row = await db.forTenant(tenantId).delivery.findUnique({ where: { tenantId_id: { tenantId, id } } });
  if (!row) throw new DomainError("not_found");
  return row;
}

/** The deliveries of one notification, and last that of the digest it went into. */
export async function findDeliveriesOf(db: Database, tenantId: TenantId, notificationId: string): Promise<Delivery[]> {
  const where = { tenantId, notificationId: requireId(notificationId) };
  const { delivery } = db.forTenant(tenantId);
  const rows = await delivery.findMany({ where, orderBy: [{ channel: "asc" }, { id: "asc" }] });
  const digests = rows.flatMap(({ userId, digestId }) => (digestId ? [{ userId, cause: `digest:${digestId}` }] : []));
  if (digests.length === 0) return rows;
  return [...rows, ...(await delivery.findMany({ where: { tenantId, kind: "digest", OR: digests } }))];
}

/** The tries of deliveries, by delivery, the first ones first. At most the last hundred of each call. */
export async function findTries(
  db: Database,
  tenantId: TenantId,
  deliveryIds: string[],
): Promise<Map<string, DeliveryAttempt[]>> {
  const rows = await db.forTenant(tenantId).deliveryAttempt.findMany({
    where: { tenantId, deliveryId: { in: deliveryIds } },
    orderBy: { number: "desc" },
    take: 100,
  });
  const tries = new Map<string, DeliveryAttempt[]>();
  for (const row of rows.toReversed()) tries.set(row.deliveryId, [...(tries.get(row.deliveryId) ?? []), row]);
  return tries;
}

/**
 * Queues a mail once more, as a mail of its own: a digest that it is in and that has not gone out is written anew without it. Throws
 * not_found; conflict when it cannot be. Hand-written SQL: Prisma has no row lock.
 */
export async function requeueDelivery(
  tx: TenantTransaction,
  tenantId: TenantId,
  deliveryId: string,
): Promise<Delivery> {
  const id = requireId(deliveryId);
  await tx.$queryRaw`select 1 from deliveries where tenant_id = ${tenantId} and id = ${id}::uuid for no key update`;
  const row = await tx.delivery.findUnique({ where: { tenantId_id: { tenantId, id } } });
  if (!row) throw new DomainError("not_found");
  if (row.channel !== "email") throw new DomainError("conflict", { detail: "Only a mail can be sent again" });
  if (row.status === "queued") throw new DomainError("conflict", { detail: "The mail is about to be sent already" });
  await ensureStillThere(tx, tenantId, row);
  const address = await addressOf(tx, tenantId, row);
  if (address === null) throw new DomainError("conflict", { detail: "No email address is known" });
  const isItem = row.digestId !== null && row.kind !== "digest";
  // One that has gone out holds it for good.
  const leaves =
    isItem &&
    (await tx.$executeRaw`
      update deliveries set mail = case when mail ? 'items' then jsonb_set(mail, '{items}', '[]') else mail end
      where tenant_id = ${tenantId} and user_id = ${row.userId} and channel = 'email' and cause = ${`digest:${row.digestId}`}
        and status in ('queued', 'waiting')`) > 0;
  return await tx.delivery.update({
    where: { tenantId_id: { tenantId, id } },
    data: {
      ...fresh(await clockOf(tx)),
      ...(leaves ? { digestId: null } : {}),
      address,
      epoch: await epochOf(tx, tenantId),
      round: row.round + 1,
      attempts: 0,
    },
  });
}

/** Throws conflict when nothing is left of what a mail was to say: it would end at once, and its row lose why it had not gone out. */
async function ensureStillThere(tx: TenantTransaction, tenantId: TenantId, row: Delivery): Promise<void> {
  const [told] = await tx.$queryRaw<{ items: number; left: number; isOver: boolean | null }[]>`
    select count(*)::int as items, bool_or(n.expires_at <= clock_timestamp()) as "isOver",
      (count(*) filter (where n.status = 'visible' and (n.expires_at is null or n.expires_at > clock_timestamp())))::int as left
    from deliveries i left join notifications n on n.tenant_id = i.tenant_id and n.id = i.notification_id
    where i.tenant_id = ${tenantId} and i.user_id = ${row.userId} and i.notification_id is not null and ${isToldBy(row)}`;
  if (!told || told.items === 0 || told.left > 0) return;
  const cause = row.kind === "digest" ? "digest" : told.isOver ? "expired" : row.status;
  const why = over[cause] ?? "Its notification was cancelled, deleted or withdrawn";
  throw new DomainError("conflict", { detail: `${why}: nothing is left to be sent` });
}

const over: Record<string, string> = {
  digest: "All that is in it has expired or was deleted",
  expired: "The time of its notification is over",
  left: "Its notification went when the person had left the topic or chat that it was for",
};

/** Of deliveries i: a mail's own, or those that went into its digest. */
function isToldBy({ kind, id, digestId }: Delivery): Prisma.Sql {
  return kind === "digest"
    ? Prisma.sql`i.digest_id = ${digestId}::uuid and i.kind <> 'digest'`
    : Prisma.sql`i.id = ${id}::uuid`;
}

/** Where a mail goes now: to where its person is by now, unless the sender of all that it says named an address; as `readdressHeld` has it. */
async function addressOf(tx: TenantTransaction, tenantId: TenantId, row: Delivery): Promise<string | null> {
  if (!["notification", "away", "digest"].includes(row.kind)) return row.address;
  const [found] = await tx.$queryRaw<{ known: boolean; email: string | null; items: number; theirs: boolean | null }[]>`
    select u.id is not null as known, u.email, i.items, i.theirs
    from (select count(*)::int as items, bool_or(n.email is null) as theirs
      from deliveries i join notifications n on n.tenant_id = i.tenant_id and n.id = i.notification_id
      where i.tenant_id = ${tenantId} and i.user_id = ${row.userId} and ${isToldBy(row)}) i
    left join users u on u.tenant_id = ${tenantId} and u.id = ${row.userId}`;
  if (!found) return row.address;
  // Of what is gone nobody knows any more who named an address.
  const theirs = found.items > 0 ? found.theirs : found.known;
  return theirs ? found.email : row.address;
}

/**
 * Lets some of what waits for an operator go out, or takes it back, the oldest first; returns how many, and from when the next of them are,
 * undefined when there are none.
 */
export async function settleWaiting(
  tx: TenantTransaction,
  tenantId: TenantId,
  { fate, from, limit }: { fate: "send" | "cancel"; from?: Date | undefined; limit: number },
): Promise<{ count: number; next: Date | undefined }> {
  const some = await tx.delivery.findMany({
    where: { tenantId, status: "waiting", ...(from === undefined ? {} : { createdAt: { gte: from } }) },
    select: { id: true, createdAt: true },
    orderBy: [{ createdAt: "asc" }, { id: "asc" }],
    take: limit,
  });
  const now = await clockOf(tx);
  const detail = "An operator cancelled what waited after the restore";
  const cancelled = { status: "cancelled", rule: "operator", detail, dueAt: null, updatedAt: now };
  const data = fate === "send" ? { ...fresh(now), epoch: await epochOf(tx, tenantId) } : cancelled;
  const where = { tenantId, id: { in: some.map(({ id }) => id) }, status: "waiting" };
  const { count } = await tx.delivery.updateMany({ where, data });
  return { count, next: some.length < limit ? undefined : some.at(-1)?.createdAt };
}

function fresh(now: Date) {
  return { status: "queued", rule: "operator", detail: null, dueAt: now, heldUntil: null, updatedAt: now };
}

function whereOf(tenantId: TenantId, query: DeliveryQuery): Prisma.DeliveryWhereInput {
  const { since, failedSince, notificationId, batchId, digestId, ...same } = query;
  return {
    tenantId,
    ...same,
    ...(notificationId === undefined ? {} : { notificationId: idOrNone(notificationId) }),
    ...(batchId === undefined ? {} : { batchId: idOrNone(batchId) }),
    ...(digestId === undefined ? {} : { digestId: idOrNone(digestId) }),
    ...(since === undefined ? {} : { createdAt: { gte: since } }),
    ...(failedSince === undefined
      ? {}
      : { AND: { status: { in: ["failed", "bounced"] }, updatedAt: { gte: failedSince } } }),
  };
}

/** What is no id finds nothing: no row has this one. */
function idOrNone(id: string): string {
  return isId(id) ? id.toLowerCase() : nilId;
}
