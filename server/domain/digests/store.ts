import type { TenantId } from "../../auth/principal.ts";
import { Prisma } from "../../persistence/generated/client.ts";
import { enqueueJobs } from "../../persistence/jobs.ts";
import type { TenantTransaction } from "../../persistence/prisma.ts";
import type { NotificationState } from "../deliveries/policy.ts";
import type { DeliveryStatus } from "../deliveries/schema.ts";
import { mailJob } from "../deliveries/store.ts";
import { digestJobs } from "./policy.ts";

// Hand-written SQL: row locks, which Prisma has not got, and one statement for any number of rows.

/** Whose held mails go together: one person at one address. */
export interface Reader {
  userId: string;
  address: string;
}

/** A held mail with what a digest says of its notification; that is null when it is gone, but for when it expired. */
export interface HeldItem extends NotificationState {
  id: string;
  notificationId: string;
  userId: string;
  /** held (for quiet hours or a pause) or folded (to go in a digest). */
  status: string;
  type: string;
  subject: string;
  /** Its beginning. */
  message: string | null;
  at: Date | null;
  priority: number | null;
  email: string | null;
  chatId: string | null;
  mentioned: boolean;
  /** Of the log, when it was planned. */
  epoch: bigint;
}

/** What becomes of a held mail. */
export interface Settled {
  id: string;
  status: DeliveryStatus;
  rule: string;
  detail?: string | undefined;
  /** Of one that goes out by itself. */
  dueAt?: Date | undefined;
  /** Of one that is held on. */
  heldUntil?: Date | undefined;
  digestId?: string | undefined;
}

/** Something that is held and whose time has come. */
export interface Due extends Reader {
  id: string;
  heldUntil: Date;
}

/** What is held and whose time has come, the longest due first, after the one given. */
export async function findDue(
  tx: TenantTransaction,
  tenantId: TenantId,
  { now, after, limit }: { now: Date; after: Pick<Due, "id" | "heldUntil"> | undefined; limit: number },
): Promise<Due[]> {
  const beyond = after ? Prisma.sql`(d.held_until, d.id) > (${after.heldUntil}, ${after.id}::uuid)` : Prisma.sql`true`;
  return tx.$queryRaw<Due[]>`
    select d.id, d.held_until as "heldUntil", d.user_id as "userId", d.address from deliveries d
    where d.tenant_id = ${tenantId} and ${isHeld} and d.held_until <= ${now} and ${beyond}
    order by d.held_until, d.id limit ${limit}`;
}

const isHeld = Prisma.sql`d.held_until is not null and d.status in ('held', 'folded') and d.digest_id is null`;

/** What is held for a reader whose time has come, oldest first and locked: until the commit it is in nobody else's digest. */
export async function lockDueItems(
  tx: TenantTransaction,
  tenantId: TenantId,
  reader: Reader,
  range: { now: Date; limit: number },
): Promise<HeldItem[]> {
  const { userId, address } = reader;
  await lockReader(tx, tenantId, reader);
  const locked = await tx.$queryRaw<{ id: string }[]>`
    select d.id from deliveries d
    where d.tenant_id = ${tenantId} and d.user_id = ${userId} and d.address = ${address} and ${isHeld}
      and d.held_until <= ${range.now}
    order by d.created_at, d.id limit ${range.limit} for update`;
  const ids = locked.map(({ id }) => id);
  // Read once they are locked: what was deleted while this waited is not there any more, and who deletes from now on waits for it.
  return tx.$queryRaw<HeldItem[]>`
    select ${itemColumns} from deliveries d ${andNotification}
    where d.tenant_id = ${tenantId} and d.id = any (${ids}::uuid[]) order by d.created_at, d.id`;
}

/** Until the commit nobody else makes a digest for a reader: two at once would split what belongs together. */
async function lockReader(tx: TenantTransaction, tenantId: TenantId, { userId, address }: Reader): Promise<void> {
  const name = JSON.stringify([tenantId, "digest", userId, address]);
  await tx.$executeRaw`select pg_advisory_xact_lock(hashtextextended(${name}, 0))`;
}

const itemColumns = Prisma.sql`d.id, d.notification_id as "notificationId", d.user_id as "userId", d.status, d.type, d.subject, d.epoch,
  left(n.message, 300) as message, coalesce(n.visible_at, n.created_at) as at,
  case when n.read_at > coalesce(n.visible_at, n.created_at) then n.read_at end as "readAt",
  case when n.archived_at > coalesce(n.visible_at, n.created_at) then n.archived_at end as "archivedAt", n.snoozed_until as "snoozedUntil",
  coalesce(n.expires_at, d.expired_at) as "expiresAt", n.priority, n.email, n.chat_id as "chatId", coalesce(n.metadata @> '{"mentioned": true}', false) as mentioned`;
const andNotification = Prisma.sql`left join notifications n on n.tenant_id = d.tenant_id and n.id = d.notification_id and n.status = 'visible'`;

/**
 * What is in a digest, by the id of its mail, oldest first, with the rule that put it there. The mail's row is locked before: what is
 * deleted from now on takes its words out of what is written there.
 */
export async function findDigestItems(
  tx: TenantTransaction,
  tenantId: TenantId,
  deliveryId: string,
): Promise<(HeldItem & { rule: string })[]> {
  await tx.$executeRaw`select 1 from deliveries where tenant_id = ${tenantId} and id = ${deliveryId}::uuid for no key update`;
  return tx.$queryRaw<(HeldItem & { rule: string })[]>`
    select ${itemColumns}, d.rule
    from (select * from deliveries x where x.tenant_id = ${tenantId} and x.id = ${deliveryId}::uuid and x.kind = 'digest' and x.digest_id is not null) g
    join deliveries d on d.tenant_id = ${tenantId} and d.user_id = g.user_id and d.digest_id = g.digest_id and d.id <> g.id ${andNotification}
    order by d.created_at, d.id`;
}

/** Writes what becomes of what is held. What is so no longer, as somebody sent it again by itself, stays as it is. */
export async function settleItems(tx: TenantTransaction, tenantId: TenantId, settled: Settled[]): Promise<void> {
  if (settled.length === 0) return;
  await tx.$executeRaw`
    update deliveries d set status = r.status, rule = r.rule, detail = r.detail, due_at = r."dueAt", held_until = r."heldUntil",
      digest_id = r."digestId", updated_at = now()
    from json_to_recordset(${JSON.stringify(settled)}::json) as r (id uuid, status text, rule text, detail text, "dueAt" timestamptz,
      "heldUntil" timestamptz, "digestId" uuid)
    where d.tenant_id = ${tenantId} and d.id = r.id and d.status in ('held', 'folded')`;
}

/** What waits goes now, or when that is over for which it waits now. */
export async function judgeHeldAnew(
  tx: TenantTransaction,
  tenantId: TenantId,
  userId: string,
  { now, noDigest = false }: { now: Date; noDigest?: boolean },
): Promise<void> {
  if (await hastenHeld(tx, tenantId, userId, { now, noDigest }))
    await enqueueJobs(tx, [...digestJobs(tenantId, [now]), mailJob(tenantId)]);
}

/**
 * Has everything that is held for a person judged anew at `now`, digests that wait in line too, and what is to go in the next digest if
 * there is none any more; returns whether there is anything. A plan that is being written is waited for, see `shareHolding`, and so is who
 * lets go what is due: by what was true before it may hold that on.
 */
async function hastenHeld(
  tx: TenantTransaction,
  tenantId: TenantId,
  userId: string,
  { now, noDigest }: { now: Date; noDigest: boolean },
): Promise<boolean> {
  await shareHolding(tx, tenantId);
  await tx.$executeRaw`
    select from deliveries d where d.tenant_id = ${tenantId} and d.user_id = ${userId} and ${isHeld} order by d.created_at, d.id for update`;
  const statuses = ["held", ...(noDigest ? ["folded"] : [])];
  const { count } = await tx.delivery.updateMany({
    where: { tenantId, userId, status: { in: statuses }, digestId: null, heldUntil: { gt: now } },
    data: { heldUntil: now },
  });
  const waiting = await tx.delivery.updateMany({
    where: {
      tenantId,
      userId,
      kind: "digest",
      status: "queued",
      rule: { in: ["paused", "quiet_hours"] },
      dueAt: { gt: now },
    },
    data: { dueAt: now },
  });
  return count + waiting.count > 0;
}

/**
 * The same for any of a tenant's people: for the next `limit` readers, and as many digests that wait in line. What is to go in the next
 * digest is let go of those who have chosen no digest themselves. Answers the last reader; nothing when it came to the end.
 */
export async function judgeSomeAnew(
  tx: TenantTransaction,
  tenantId: TenantId,
  { now, after, limit, noDigest }: { now: Date; after: Reader; limit: number; noDigest: boolean },
): Promise<Reader | undefined> {
  await shareHolding(tx, tenantId);
  const readers = await tx.$queryRaw<Reader[]>`
    select distinct d.user_id as "userId", d.address from deliveries d
    where d.tenant_id = ${tenantId} and ${isHeld} and (d.user_id, d.address) > (${after.userId}, ${after.address})
    order by 1, 2 limit ${limit}`;
  const ofReaders = Prisma.sql`json_to_recordset(${JSON.stringify(readers)}::json) as r ("userId" text, address text)`;
  await tx.$executeRaw`
    select from deliveries d join ${ofReaders} on d.user_id = r."userId" and d.address = r.address
    where d.tenant_id = ${tenantId} and ${isHeld} order by d.created_at, d.id for update of d`;
  const held = await tx.$executeRaw`
    update deliveries d set held_until = ${now}
    from ${ofReaders}
    where d.tenant_id = ${tenantId} and d.user_id = r."userId" and d.address = r.address and ${isHeld}
      and d.held_until > ${now} and (d.status = 'held' or ${noDigest} and not exists (
        select from preference_timings p where p.tenant_id = ${tenantId} and p.user_id = d.user_id and p.digest_every is not null))`;
  // Those that were put off anew since then are no longer asked for: their next time is by what is true now.
  const waiting = await tx.$executeRaw`
    update deliveries d set due_at = ${now} where d.tenant_id = ${tenantId} and d.status = 'queued' and d.id in (
      select q.id from deliveries q where q.tenant_id = ${tenantId} and q.status = 'queued' and q.kind = 'digest'
        and q.rule in ('paused', 'quiet_hours') and q.due_at > ${now} and q.updated_at < ${now} limit ${limit})`;
  if (held + waiting > 0) await enqueueJobs(tx, [...digestJobs(tenantId, [now]), mailJob(tenantId)]);
  return readers.length < limit && waiting < limit ? undefined : (readers.at(-1) ?? after);
}

/** What waits for notifications to come back is judged anew, as they are back or will be so earlier; locked as in `hastenHeld`. */
export async function judgeSnoozedAnew(
  tx: TenantTransaction,
  tenantId: TenantId,
  notificationIds: string[],
  { now, until }: { now: Date; until: Date },
): Promise<void> {
  await shareHolding(tx, tenantId);
  await tx.$executeRaw`
    select from deliveries d where d.tenant_id = ${tenantId} and d.notification_id = any (${notificationIds}::uuid[]) and ${isHeld}
    order by d.created_at, d.id for update`;
  const { count } = await tx.delivery.updateMany({
    where: {
      tenantId,
      notificationId: { in: notificationIds },
      status: "held",
      rule: "snoozed",
      digestId: null,
      heldUntil: { gt: until },
    },
    data: { heldUntil: now },
  });
  if (count > 0) await enqueueJobs(tx, digestJobs(tenantId, [now]));
}

/**
 * What waits for a person at an address that is theirs no more goes to their new one, or nowhere where there is none. It stays where a
 * sender named it. A mail that is being sent keeps its address when it is taken: see `finish_mail_v3`. What is due already is come back for:
 * who lets go just now may have listed its person at the old address.
 */
export async function readdressHeld(
  tx: TenantTransaction,
  tenantId: TenantId,
  userId: string,
  { from, to }: { from: string; to: string | null },
): Promise<void> {
  await shareHolding(tx, tenantId);
  // A digest that is being made for the old address is seen once it is there.
  await lockReader(tx, tenantId, { userId, address: from });
  const moved = await tx.$queryRaw<{ dueBy: Date | null }[]>`
    update deliveries d set address = ${to}, updated_at = clock_timestamp(),
      status = case when ${to}::text is null then 'no_address' else d.status end, rule = case when ${to}::text is null then 'address' else d.rule end,
      detail = case when ${to}::text is not null then d.detail end, due_at = case when ${to}::text is not null then d.due_at end,
      held_until = case when ${to}::text is not null then d.held_until end
    where d.tenant_id = ${tenantId} and d.user_id = ${userId} and d.channel = 'email' and d.address = ${from}
      and d.status in ('queued', 'held', 'folded', 'waiting') and d.kind in ('notification', 'away', 'digest')
      and (d.digest_id is null or d.kind = 'digest')
      and not exists (select from notifications n where n.tenant_id = ${tenantId} and n.id = d.notification_id and n.email is not null)
      and (d.kind <> 'digest' or exists (
        select from deliveries i left join notifications n on n.tenant_id = ${tenantId} and n.id = i.notification_id
        where i.tenant_id = ${tenantId} and i.user_id = ${userId} and i.digest_id = d.digest_id and i.kind <> 'digest' and n.email is null))
    returning case when d.held_until <= clock_timestamp() then clock_timestamp() end as "dueBy"`;
  const dueBy = moved.flatMap(({ dueBy }) => dueBy ?? []).at(-1);
  if (dueBy) await enqueueJobs(tx, digestJobs(tenantId, [dueBy]));
}

/** Until the commit nobody changes what is held: see `shareHolding`. */
export async function lockHolding(tx: TenantTransaction, tenantId: TenantId): Promise<void> {
  await tx.$executeRaw`select pg_advisory_xact_lock(hashtextextended(${JSON.stringify([tenantId, "holding"])}, 0))`;
}

/**
 * Until the commit no plan is written: who plans has read preferences and addresses, and what they hold is seen by nobody yet; who
 * changes those waits for it, and it for them (`undecided_notifications_v2` has the same lock). A lock of its own and not the planner's
 * cursor: who waits for it stands in line, while a planner that finds its cursor taken goes away; and those who change share it, so that
 * they wait for a plan and not for each other.
 */
export async function shareHolding(tx: TenantTransaction, tenantId: TenantId): Promise<void> {
  await tx.$executeRaw`select pg_advisory_xact_lock_shared(hashtextextended(${JSON.stringify([tenantId, "holding"])}, 0))`;
}
