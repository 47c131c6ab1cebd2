import type { TenantId } from "../../auth/principal.ts";
import { DomainError } from "../../errors.ts";
import { isId } from "../../ids.ts";
import type { Database } from "../../persistence/database.ts";
import { type ChatHead, type Chat as ChatRow, Prisma } from "../../persistence/generated/client.ts";
import { literally } from "../../persistence/like.ts";
import type { TenantTransaction } from "../../persistence/prisma.ts";
import type { MemberChat, Policy, PublicChat } from "./schema.ts";

// Hand-written SQL: these run before every send, page and badge; one round trip with its tenant context against four through Prisma.

interface ListQuery {
  before?: { at: Date; id: string } | undefined;
  after?: { at: Date; id: string } | undefined;
  offset: number;
  limit: number;
}

interface ListRow {
  id: string;
  active_at: Date;
  total: string | number;
}

/** Ids of a user's chats, newest activity first, and how many there are. */
export async function listUserChatIds(db: Database, tenantId: TenantId, userId: string, query: ListQuery) {
  const { rows } = await db.pool.query<ListRow>({
    name: "list_user_chats_v1",
    text: "select id, active_at, total from list_user_chats_v1($1, $2, $3, $4, $5, $6, $7, $8)",
    values: [
      tenantId,
      userId,
      query.before?.at ?? null,
      query.before?.id ?? null,
      query.after?.at ?? null,
      query.after?.id ?? null,
      query.offset,
      query.limit,
    ],
  });
  return rows.map((row) => ({ id: row.id, activeAt: row.active_at, total: Number(row.total) }));
}

/** How many chats a user is in. */
export function countUserChats(db: Database, tenantId: TenantId, userId: string): Promise<number> {
  return db.forTenant(tenantId).member.count({ where: { tenantId, userId } });
}

/** Those of the chats that the user is in and that exist, in the order asked for. */
export async function findMemberChats(
  db: Database,
  tenantId: TenantId,
  userId: string,
  ids: string[],
): Promise<MemberChat[]> {
  if (ids.length === 0) return [];
  const { rows } = await db.pool.query<MemberChat>({
    name: "member_chats_v1",
    text: `select id, kind, name, policy, frozen, metadata, created_by as "createdBy", created_at as "createdAt", last_seq as "lastSeq",
      member_count as "memberCount", last_message_id as "lastMessageId", active_at as "activeAt", role, last_read_seq as "lastReadSeq",
      muted_until as "mutedUntil", notify_mute as "notifyMute", notify_until as "notifyUntil", unread
      from member_chats_v1($1, $2, $3)`,
    values: [tenantId, userId, ids],
  });
  return rows;
}

/** A chat as its member sees it. Throws `not_found` for others, so that existence is not leaked. */
export async function getMemberChat(
  db: Database,
  tenantId: TenantId,
  userId: string,
  chatId: string,
): Promise<MemberChat> {
  const [chat] = await findMemberChats(db, tenantId, userId, [chatId]);
  if (!chat) throw new DomainError("not_found");
  return chat;
}

/** The chat of two, if they have one. */
export async function findDirectChatId(
  db: Database,
  tenantId: TenantId,
  directKey: string,
): Promise<string | undefined> {
  const row = await db
    .forTenant(tenantId)
    .chat.findUnique({ where: { tenantId_directKey: { tenantId, directKey } }, select: { id: true, deletedAt: true } });
  return row && !row.deletedAt ? row.id : undefined;
}

/** A chat of the tenant, for those who may act on it without being in it. Throws `not_found`. */
export async function getChat(db: Database, tenantId: TenantId, chatId: string): Promise<PublicChat> {
  const client = db.forTenant(tenantId);
  const row = await client.chat.findUnique({ where: { tenantId_id: { tenantId, id: chatId } } });
  if (!row || row.deletedAt) throw new DomainError("not_found");
  return withHead(client, row);
}

/** The chat of a row with what its head counts. */
export async function withHead(client: Pick<TenantTransaction, "chatHead">, row: ChatRow): Promise<PublicChat> {
  const id = { tenantId: row.tenantId, chatId: row.id };
  const { lastSeq, memberCount } = await client.chatHead.findUniqueOrThrow({ where: { tenantId_chatId: id } });
  return {
    id: row.id,
    kind: row.kind as PublicChat["kind"],
    name: row.name,
    policy: row.policy as Policy,
    frozen: row.frozen,
    metadata: row.metadata as Record<string, unknown>,
    createdBy: row.createdBy,
    createdAt: row.createdAt,
    lastSeq: Number(lastSeq),
    memberCount,
  };
}

/** A chat as whoever runs the tenant sees it. */
export interface TenantChat extends PublicChat {
  activeAt: Date;
  deletedAt: Date | null;
  lastMessageId: string | null;
}

export interface TenantChatFilter {
  search?: string | undefined;
  kind?: "group" | "direct" | undefined;
  frozen?: boolean | undefined;
  member?: string | undefined;
  deleted?: boolean | undefined;
}

/** The tenant's chats in the order in which they were made, backwards. */
export async function listTenantChats(
  db: Database,
  tenantId: TenantId,
  range: { before?: string | undefined; limit: number },
  { search, kind, frozen, member, deleted }: TenantChatFilter,
): Promise<TenantChat[]> {
  const client = db.forTenant(tenantId);
  const only: Prisma.Sql[] = [];
  if (range.before !== undefined) only.push(Prisma.sql`id < ${range.before}::uuid`);
  if (search !== undefined)
    only.push(isId(search) ? Prisma.sql`id = ${search}::uuid` : Prisma.sql`name ilike ${containing(search)}`);
  if (kind !== undefined) only.push(Prisma.sql`kind = ${kind}`);
  if (frozen !== undefined) only.push(Prisma.sql`frozen = ${frozen}`);
  if (member !== undefined)
    only.push(
      Prisma.sql`exists (select from members m where m.tenant_id = ${tenantId} and m.chat_id = c.id and m.user_id = ${member})`,
    );
  only.push(deleted ? Prisma.sql`deleted_at is not null` : Prisma.sql`deleted_at is null`);
  // Hand-written SQL: with Prisma, which knows no members of a chat, the ids of all of somebody's chats would be values of the statement.
  const found = await client.$queryRaw<{ id: string }[]>`
    select id from chats c where tenant_id = ${tenantId} and ${Prisma.join(only, " and ")} order by id desc limit ${range.limit}::int`;
  const rows = await client.chat.findMany({
    where: { tenantId, id: { in: found.map(({ id }) => id) } },
    orderBy: { id: "desc" },
  });
  const heads = await client.chatHead.findMany({ where: { tenantId, chatId: { in: rows.map(({ id }) => id) } } });
  const byChat = new Map(heads.map((head) => [head.chatId, head]));
  return rows.flatMap((row) => {
    const head = byChat.get(row.id);
    return head ? [toTenantChat(row, head)] : [];
  });
}

/** What `like` takes for a text anywhere in another. */
function containing(part: string): string {
  return `%${literally(part)}%`;
}

/** The first few members of each of some chats, those who joined first. */
export async function listFirstMembers(
  db: Database,
  tenantId: TenantId,
  chatIds: string[],
  each: number,
): Promise<Map<string, string[]>> {
  const rows = await db.forTenant(tenantId).$queryRaw<{ chat_id: string; user_ids: string[] }[]>`
    select c.id as chat_id, array(select m.user_id from members m where m.tenant_id = ${tenantId} and m.chat_id = c.id
      order by m.joined_at, m.user_id limit ${each}::int) as user_ids from unnest(${chatIds}::uuid[]) as c(id)`;
  return new Map(rows.flatMap((row) => (row.user_ids.length > 0 ? [[row.chat_id, row.user_ids]] : [])));
}

/** A chat as those who run the tenant see it, deleted or not. Throws not_found. */
export async function getTenantChat(db: Database, tenantId: TenantId, chatId: string): Promise<TenantChat> {
  const client = db.forTenant(tenantId);
  const row = await client.chat.findUnique({ where: { tenantId_id: { tenantId, id: chatId } } });
  const head = row && (await client.chatHead.findUnique({ where: { tenantId_chatId: { tenantId, chatId } } }));
  if (!row || !head) throw new DomainError("not_found");
  return toTenantChat(row, head);
}

function toTenantChat(row: ChatRow, head: ChatHead): TenantChat {
  return {
    id: row.id,
    kind: row.kind as PublicChat["kind"],
    name: row.name,
    policy: row.policy as Policy,
    frozen: row.frozen,
    metadata: row.metadata as Record<string, unknown>,
    createdBy: row.createdBy,
    createdAt: row.createdAt,
    lastSeq: Number(head.lastSeq),
    memberCount: head.memberCount,
    activeAt: head.activeAt,
    deletedAt: row.deletedAt,
    lastMessageId: head.lastMessageId,
  };
}
