import type { TenantId } from "../../auth/principal.ts";
import { Prisma } from "../../persistence/generated/client.ts";
import type { TenantTransaction } from "../../persistence/prisma.ts";
import type { Waiting } from "./member-store.ts";
import { type Quote, quoted, quoteLength } from "./schema.ts";

// Hand-written SQL: a sweep tells the members of a chat a hundred at a time; and row locks.

export interface Arming {
  chatId: string;
  dueAt: Date;
}

/**
 * Has chats looked through at a time, or earlier if that is known already. Returns those whose time is new. A look that is under way is
 * waited for: what it did not see yet, the next one will. One that should have come an hour ago has lost its job and gets another.
 */
export async function armSweeps(tx: TenantTransaction, tenantId: TenantId, arms: Arming[]): Promise<Arming[]> {
  if (arms.length === 0) return [];
  return tx.$queryRaw<Arming[]>`
    insert into away_sweeps as s (tenant_id, chat_id, due_at)
    select ${tenantId}, r."chatId", r."dueAt" from json_to_recordset(${JSON.stringify(arms)}::json) as r ("chatId" uuid, "dueAt" timestamptz)
    order by r."chatId"
    on conflict (tenant_id, chat_id) do update set due_at = excluded.due_at
      where s.due_at > excluded.due_at or s.due_at < clock_timestamp() - interval '1 hour'
    returning s.chat_id as "chatId", s.due_at as "dueAt"`;
}

export interface Sweep {
  dueAt: Date;
  startedAt: Date | null;
  cursor: string | null;
  nextAt: Date | null;
}

/** The look that is due, locked; undefined when there is none. */
export async function lockSweep(tx: TenantTransaction, tenantId: TenantId, chatId: string): Promise<Sweep | undefined> {
  const rows = await tx.$queryRaw<Sweep[]>`
    select due_at as "dueAt", started_at as "startedAt", cursor, next_at as "nextAt" from away_sweeps
    where tenant_id = ${tenantId} and chat_id = ${chatId}::uuid for update`;
  return rows[0];
}

export async function saveSweep(
  tx: TenantTransaction,
  tenantId: TenantId,
  chatId: string,
  sweep: Sweep,
): Promise<void> {
  await tx.awaySweep.update({ where: { tenantId_chatId: { tenantId, chatId } }, data: sweep });
}

/** Nobody has anything unread that they were not told of. With it go traces of notices that no pause needs any more. */
export async function endSweep(tx: TenantTransaction, tenantId: TenantId, chatId: string, before: Date): Promise<void> {
  await tx.awaySweep.delete({ where: { tenantId_chatId: { tenantId, chatId } } });
  await tx.awayNotice.deleteMany({ where: { tenantId, chatId, notificationId: null, at: { lt: before } } });
}

export interface SweptChat {
  id: string;
  kind: string;
  name: string | null;
}

/** Undefined for a chat that was deleted. */
export async function findSweptChat(
  tx: TenantTransaction,
  tenantId: TenantId,
  chatId: string,
): Promise<SweptChat | undefined> {
  const chat = await tx.chat.findFirst({ where: { tenantId, id: chatId, deletedAt: null } });
  return chat ? { id: chat.id, kind: chat.kind, name: chat.name } : undefined;
}

/** The last messages up to each of some places in a chat, oldest first, as a notice quotes them. */
export async function findQuotes(
  tx: TenantTransaction,
  tenantId: TenantId,
  chatId: string,
  waiting: Pick<Waiting, "userId" | "fromSeq" | "toSeq">[],
): Promise<Map<string, Quote[]>> {
  const input = JSON.stringify(waiting.map(({ userId, fromSeq, toSeq }) => ({ userId, fromSeq, toSeq })));
  const rows = await tx.$queryRaw<(Quote & { userId: string; at: Date | string })[]>`
    select r."userId", g.sender_id as "senderId", coalesce(p.display_name, g.sender_id) as sender, left(g.content, ${quoteLength}) as text,
      g.created_at as at
    from json_to_recordset(${input}::json) as r ("userId" text, "fromSeq" bigint, "toSeq" bigint)
    cross join lateral (select * from messages g where g.tenant_id = ${tenantId} and g.chat_id = ${chatId}::uuid
      and g.seq between r."fromSeq" and r."toSeq" and g.deleted_at is null and g.sender_id <> r."userId"
      order by g.seq desc limit ${quoted}) g
    left join users p on p.tenant_id = ${tenantId} and p.id = g.sender_id
    order by g.seq`;
  const quotes = new Map<string, Quote[]>();
  for (const { userId, at, ...quote } of rows)
    quotes.set(userId, [...(quotes.get(userId) ?? []), { ...quote, at: new Date(at).toISOString() }]);
  return quotes;
}

export interface NewNotice {
  userId: string;
  notificationId: string | null;
  fromSeq: number;
  toSeq: number;
  /** Nobody was told of it, and no mention was among it. */
  unmentioned: boolean;
}

/** Writes down who was told of what. Only under the head. */
export async function saveNotices(
  tx: TenantTransaction,
  tenantId: TenantId,
  of: { chatId: string; at: Date },
  notices: NewNotice[],
): Promise<void> {
  await tx.$executeRaw`
    insert into away_notices as a (tenant_id, chat_id, user_id, notification_id, from_seq, to_seq, at, unmentioned)
    select ${tenantId}, ${of.chatId}::uuid, r."userId", r."notificationId", r."fromSeq", r."toSeq", ${of.at}, r.unmentioned
    from json_to_recordset(${JSON.stringify(notices)}::json)
      as r ("userId" text, "notificationId" uuid, "fromSeq" bigint, "toSeq" bigint, unmentioned boolean)
    on conflict (tenant_id, chat_id, user_id) do update set notification_id = excluded.notification_id, from_seq = excluded.from_seq,
      to_seq = excluded.to_seq, at = excluded.at, unmentioned = excluded.unmentioned`;
}

/** When the oldest message that is not ripe yet was sent; looked for among the last 20,000. */
export async function findFirstUnripe(
  tx: TenantTransaction,
  tenantId: TenantId,
  chatId: string,
  ripe: Date,
): Promise<Date | undefined> {
  const rows = await tx.$queryRaw<{ at: Date | null }[]>`
    select min(x.created_at) as at from (select created_at from messages where tenant_id = ${tenantId} and chat_id = ${chatId}::uuid
      order by seq desc limit 20000) x where x.created_at > ${ripe}`;
  return rows[0]?.at ?? undefined;
}

/** Which of some members of chats have a notice that is out. */
export async function findNoticed(
  tx: TenantTransaction,
  tenantId: TenantId,
  pairs: { chatId: string; userId: string }[],
): Promise<{ chatId: string; userId: string }[]> {
  if (pairs.length === 0) return [];
  return tx.$queryRaw<{ chatId: string; userId: string }[]>`
    select distinct a.chat_id as "chatId", a.user_id as "userId"
    from json_to_recordset(${JSON.stringify(pairs)}::json) as r ("chatId" uuid, "userId" text)
    join away_notices a on a.tenant_id = ${tenantId} and a.chat_id = r."chatId" and a.user_id = r."userId"
    where a.notification_id is not null`;
}

/** A notice whose reason is gone. */
export interface Stale {
  userId: string;
  notificationId: string;
  fromSeq: number;
  at: Date;
  /** It quotes a message that was deleted; something else may be unread. */
  quotesDeleted: boolean;
}

/**
 * Notices of a chat that are out though all they tell of is read, deleted or no longer the member's to read; with a deleted message's
 * place those that tell of it, as a deletion makes no other stale. Locked, so many at most after a user. To be asked under the head.
 */
export async function lockStale(
  tx: TenantTransaction,
  tenantId: TenantId,
  of: { chatId: string; userIds?: string[] | undefined; deletedSeq?: number | undefined; after: string; limit: number },
): Promise<Stale[]> {
  const { chatId, userIds = null, deletedSeq, after, limit } = of;
  // A subquery for its value is no join: whatever is known of the tables, each notice has its one member looked up, and from there on the
  // first message that is still unread. No member has read up to null, and no message is beyond that.
  const isStale =
    deletedSeq === undefined
      ? Prisma.sql`(select g.seq from messages g
        where g.tenant_id = ${tenantId} and g.chat_id = a.chat_id and g.seq between a.from_seq and a.to_seq
          and g.seq > (select m.last_read_seq from members m where m.tenant_id = ${tenantId} and m.chat_id = a.chat_id and m.user_id = a.user_id)
          and g.deleted_at is null and g.sender_id <> a.user_id
        order by g.seq limit 1) is null`
      : Prisma.sql`${deletedSeq}::bigint between a.from_seq and a.to_seq`;
  return tx.$queryRaw<Stale[]>`
    select a.user_id as "userId", a.notification_id as "notificationId", a.from_seq::float8 as "fromSeq", a.at,
      ${deletedSeq !== undefined}::boolean as "quotesDeleted"
    from away_notices a
    where a.tenant_id = ${tenantId} and a.chat_id = ${chatId}::uuid and a.notification_id is not null and a.user_id > ${after}
      and (${userIds}::text[] is null or a.user_id = any (${userIds}::text[])) and ${isStale}
    order by a.user_id limit ${limit} for update`;
}

/** When somebody was last told of a message of that place; undefined when nobody was, or all of it was taken back. */
export async function findQuoting(
  tx: TenantTransaction,
  tenantId: TenantId,
  chatId: string,
  seq: number,
): Promise<Date | undefined> {
  const told = { tenantId, chatId, notificationId: { not: null }, fromSeq: { lte: seq }, toSeq: { gte: seq } };
  const notice = await tx.awayNotice.findFirst({ where: told, orderBy: { at: "asc" } });
  return notice?.at;
}

/** Writes down that notices were taken back. What one that quoted a deleted message told of counts as untold again. */
export async function forgetNotices(
  tx: TenantTransaction,
  tenantId: TenantId,
  chatId: string,
  stale: Stale[],
): Promise<void> {
  const input = JSON.stringify(stale.map(({ userId, quotesDeleted }) => ({ userId, quotesDeleted })));
  await tx.$executeRaw`
    update away_notices a set notification_id = null, to_seq = case when r."quotesDeleted" then a.from_seq - 1 else a.to_seq end
    from json_to_recordset(${input}::json) as r ("userId" text, "quotesDeleted" boolean)
    where a.tenant_id = ${tenantId} and a.chat_id = ${chatId}::uuid and a.user_id = r."userId"`;
}
