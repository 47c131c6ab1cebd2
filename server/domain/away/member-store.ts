import type { TenantId } from "../../auth/principal.ts";
import type { TenantTransaction } from "../../persistence/prisma.ts";

// Hand-written SQL: a sweep looks at every member of a chat, with their unread messages, a hundred at a time.

/** Of what is unread so many messages that mention anybody are looked through for one of the member. */
const mentionsLooked = 1000;

/** A member with unread messages that are old enough, of which at least one is news. */
export interface Waiting {
  userId: string;
  lastReadSeq: number;
  connected: boolean;
  fromSeq: number;
  toSeq: number;
  count: number;
  mentioned: boolean;
  /** Of the last time that the member was told, or was not because the chat is muted. */
  toldAt: Date | null;
  /** The last time nobody was told, and no mention was among it. */
  unmentioned: boolean | null;
  notificationId: string | null;
}

export interface MembersLook {
  /** Where the next look begins; null when that were all. */
  cursor: string | null;
  waiting: Waiting[];
}

/**
 * Looks at so many members after one, by id: who has messages from before `ripe` unread, other than those they were told of? Where those end
 * is looked for once: in a busy chat a great many are younger.
 */
export async function lookAtMembers(
  tx: TenantTransaction,
  tenantId: TenantId,
  look: { chatId: string; after: string; limit: number; ripe: Date },
): Promise<MembersLook> {
  const { chatId, after, limit, ripe } = look;
  const rows = await tx.$queryRaw<(Waiting & { fromSeq: number | null })[]>`
    select m.user_id as "userId", m.last_read_seq::float8 as "lastReadSeq", u.from_seq::float8 as "fromSeq", u.to_seq::float8 as "toSeq",
      u.n as count, a.at as "toldAt", a.notification_id as "notificationId", a.unmentioned,
      case when u.n is not null then exists (select 1 from (select g.mention_user_ids from messages g
        where g.tenant_id = ${tenantId} and g.chat_id = ${chatId}::uuid and g.seq > m.last_read_seq and g.seq <= r.last_seq
          and g.mention_user_ids <> '{}' and g.deleted_at is null and g.sender_id <> m.user_id and g.created_at <= ${ripe}
        order by g.seq desc limit ${mentionsLooked}) x where m.user_id = any (x.mention_user_ids)) end as mentioned,
      exists (select 1 from presences p join nodes n on n.id = p.node_id and n.seen_at > clock_timestamp() - interval '20 seconds'
        where p.tenant_id = ${tenantId} and p.user_id = m.user_id) as connected
    from (select * from members where tenant_id = ${tenantId} and chat_id = ${chatId}::uuid and user_id > ${after}
      order by user_id limit ${limit}) m
    cross join (select (select g.seq from messages g where g.tenant_id = ${tenantId} and g.chat_id = ${chatId}::uuid
      and g.created_at <= ${ripe} order by g.seq desc limit 1) as last_seq) r
    left join away_notices a on a.tenant_id = m.tenant_id and a.chat_id = m.chat_id and a.user_id = m.user_id
    left join lateral (
      select min(x.seq) as from_seq, max(x.seq) as to_seq, count(*)::int as n
      from (select g.seq from messages g where g.tenant_id = m.tenant_id and g.chat_id = m.chat_id
        and g.seq > m.last_read_seq and g.seq <= r.last_seq and g.deleted_at is null and g.sender_id <> m.user_id and g.created_at <= ${ripe}
        order by g.seq desc limit 100) x
      having max(x.seq) > coalesce(a.to_seq, 0)) u on m.last_read_seq < r.last_seq
    order by m.user_id`;
  const last = rows.length < limit ? undefined : rows.at(-1);
  return { cursor: last?.userId ?? null, waiting: rows.filter(({ fromSeq }) => fromSeq !== null) };
}

/** Those of members who have read no further and whose newest unread message is still there. Under the head it stays so. */
export async function stillWaiting(
  tx: TenantTransaction,
  tenantId: TenantId,
  chatId: string,
  waiting: Waiting[],
): Promise<Waiting[]> {
  const input = JSON.stringify(waiting.map(({ userId, lastReadSeq, toSeq }) => ({ userId, lastReadSeq, toSeq })));
  const rows = await tx.$queryRaw<{ userId: string }[]>`
    select r."userId" from json_to_recordset(${input}::json) as r ("userId" text, "lastReadSeq" bigint, "toSeq" bigint)
    join members m on m.tenant_id = ${tenantId} and m.chat_id = ${chatId}::uuid and m.user_id = r."userId" and m.last_read_seq = r."lastReadSeq"
    join messages g on g.tenant_id = ${tenantId} and g.chat_id = ${chatId}::uuid and g.seq = r."toSeq" and g.deleted_at is null`;
  const still = new Set(rows.map(({ userId }) => userId));
  return waiting.filter(({ userId }) => still.has(userId));
}
