import type { TenantId } from "../../auth/principal.ts";
import { DomainError } from "../../errors.ts";
import { byName, type Span } from "../../persistence/cursor-form.ts";
import type { Database } from "../../persistence/database.ts";
import type { TenantTransaction } from "../../persistence/prisma.ts";
import type { MemberChat } from "../chats/schema.ts";

/** What a member is in a chat, and what the chat lets members do. */
export type Standing = Pick<MemberChat, "policy" | "frozen" | "role">;

export interface NewMember {
  chatId: string;
  userId: string;
  role: "owner" | "moderator" | "member";
  /** May not write until then. */
  mutedUntil?: Date | null;
  /** Position of the event that brings the member in. */
  fromPosition: number;
  /** Messages up to here are not unread for the newcomer. */
  lastReadSeq: number;
}

/** Writes members and their spans. Only under the log's head. */
export async function addMembers(tx: TenantTransaction, tenantId: TenantId, members: NewMember[]): Promise<void> {
  await tx.member.createMany({
    data: members.map(({ fromPosition: _, ...member }) => ({ tenantId, ...member })),
  });
  await tx.membershipSpan.createMany({
    data: members.map(({ chatId, userId, fromPosition }) => ({ tenantId, chatId, userId, fromPosition })),
  });
}

/** Those of some users who are members of a chat, in their order and each once. */
export async function keepMembers(
  db: Database,
  tenantId: TenantId,
  chatId: string,
  userIds: string[],
): Promise<string[]> {
  if (userIds.length === 0) return [];
  const rows = await db
    .forTenant(tenantId)
    .member.findMany({ where: { tenantId, chatId, userId: { in: userIds } }, select: { userId: true } });
  const members = new Set(rows.map((row) => row.userId));
  return [...new Set(userIds)].filter((userId) => members.has(userId));
}

/** Those of some users who are or were members of a chat, each once. */
export async function keepEverMembers(
  db: Database,
  tenantId: TenantId,
  chatId: string,
  userIds: string[],
): Promise<string[]> {
  const where = { tenantId, chatId, userId: { in: userIds } };
  const rows = await db.forTenant(tenantId).membershipSpan.findMany({ where, select: { userId: true } });
  return [...new Set(rows.map(({ userId }) => userId))];
}

/**
 * What a member may do in a chat goes by this, read under the log's head: whoever was demoted or taken out while a change waited for it
 * does not make that change. Throws not_found for who is no member.
 */
export async function getStanding(
  tx: TenantTransaction,
  tenantId: TenantId,
  chatId: string,
  userId: string,
): Promise<Standing> {
  const chat = await tx.chat.findUnique({ where: { tenantId_id: { tenantId, id: chatId } } });
  const member = await tx.member.findUnique({ where: { tenantId_chatId_userId: { tenantId, chatId, userId } } });
  if (!chat || chat.deletedAt || !member) throw new DomainError("not_found");
  return { policy: chat.policy as Standing["policy"], frozen: chat.frozen, role: member.role as Standing["role"] };
}

/** Takes a member out and ends the span at the event that says so. Only under the log's head. */
export async function removeMember(
  tx: TenantTransaction,
  tenantId: TenantId,
  member: { chatId: string; userId: string; toPosition: number },
): Promise<void> {
  const { chatId, userId, toPosition } = member;
  await tx.member.delete({ where: { tenantId_chatId_userId: { tenantId, chatId, userId } } });
  await tx.membershipSpan.updateMany({ where: { tenantId, chatId, userId, toPosition: null }, data: { toPosition } });
}

/**
 * Takes everybody out of a chat and ends their spans at the event that says so. Only under the log's head. Hand-written SQL: found by its
 * members, which Prisma cannot; no index has spans by their chat, and those of the whole tenant would be read for each.
 */
export async function removeAllMembers(
  tx: TenantTransaction,
  tenantId: TenantId,
  chatId: string,
  toPosition: number,
): Promise<void> {
  await tx.$executeRaw`
    update membership_spans s set to_position = ${toPosition}::bigint from members m
    where m.tenant_id = ${tenantId} and m.chat_id = ${chatId}::uuid
      and s.tenant_id = ${tenantId} and s.user_id = m.user_id and s.chat_id = m.chat_id and s.to_position is null`;
  await tx.member.deleteMany({ where: { tenantId, chatId } });
}

/** Members in order of user id, with their profiles: of a page, or of a span of user ids. */
export async function listMembers(db: Database, tenantId: TenantId, chatId: string, span: Span<string>) {
  const client = db.forTenant(tenantId);
  const { name, order, arrange, ...part } = byName(span);
  const where = { tenantId, chatId, userId: name };
  const members = arrange(await client.member.findMany({ where, orderBy: { userId: order }, ...part }));
  const users = await client.user.findMany({ where: { tenantId, id: { in: members.map((member) => member.userId) } } });
  const profiles = new Map(users.map((user) => [user.id, user]));
  return members.map((member) => ({ ...member, user: profiles.get(member.userId) }));
}

/** The first members of a chat by their ids, up to a limit: for what is only done in small chats. */
export async function listMemberIds(
  db: Database,
  tenantId: TenantId,
  chatId: string,
  limit: number,
): Promise<string[]> {
  const rows = await db.forTenant(tenantId).member.findMany({
    where: { tenantId, chatId },
    select: { userId: true },
    orderBy: { userId: "asc" },
    take: limit,
  });
  return rows.map((row) => row.userId);
}
