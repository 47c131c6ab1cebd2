import type { TenantId } from "../../auth/principal.ts";
import { forgetAddresses } from "../../domain/audit/store.ts";
import { nilId } from "../../ids.ts";
import type { Database } from "../../persistence/database.ts";
import type { ApiRequest, Delivery, Member, Notification } from "../../persistence/generated/client.ts";
import type { TenantTransaction } from "../../persistence/prisma.ts";

// Hand-written SQL: the look at somebody's chats is a function of the database, and what is taken out is chosen by what is in JSON, by how
// a text begins or by rows of other tables, which Prisma says with every id in the statement or not at all.

/** A send to many has Postgres' time and its kept answer a node's: they are apart by less, in ms. */
const clocksApart = 60 * 60 * 1000;

export interface PersonChat {
  chatId: string;
  lastSeq: number;
  deletedAt: Date | null;
}

/** The chats that somebody is or was in, in order of id. */
export async function listPersonChats(
  db: Database,
  tenantId: TenantId,
  { userId, after, limit }: { userId: string; after?: string | undefined; limit: number },
): Promise<PersonChat[]> {
  const rows = await db.forTenant(tenantId).$queryRaw<{ chat_id: string; last_seq: bigint; deleted_at: Date | null }[]>`
    select chat_id, last_seq, deleted_at from chats_of_person_v1(${tenantId}, ${userId}, ${after ?? null}::uuid, ${limit}::int)`;
  return rows.map((row) => ({ chatId: row.chat_id, lastSeq: Number(row.last_seq), deletedAt: row.deleted_at }));
}

/** Of a chat's messages after one, who wrote them and which are gone; in order. */
export async function scanMessages(
  db: Database,
  tenantId: TenantId,
  { chatId, after, limit }: { chatId: string; after: number; limit: number },
) {
  return db.forTenant(tenantId).message.findMany({
    where: { tenantId, chatId, seq: { gt: after } },
    select: { id: true, seq: true, senderId: true, deletedAt: true },
    orderBy: { seq: "asc" },
    take: limit,
  });
}

export function listMembersAfter(
  db: Database,
  tenantId: TenantId,
  { chatId, after = "", limit }: { chatId: string; after?: string | undefined; limit: number },
): Promise<Member[]> {
  const where = { tenantId, chatId, userId: { gt: after } };
  return db.forTenant(tenantId).member.findMany({ where, orderBy: { userId: "asc" }, take: limit });
}

interface PersonPage {
  userId: string;
  /** Id of the last one of the page before. */
  after?: string | undefined;
  limit: number;
}

/** Somebody's memberships, by chat. */
export function listMemberships(db: Database, tenantId: TenantId, { userId, after, limit }: PersonPage) {
  const where = { tenantId, userId, ...(after === undefined ? {} : { chatId: { gt: after } }) };
  return db.forTenant(tenantId).member.findMany({ where, orderBy: { chatId: "asc" }, take: limit });
}

/** Somebody's notifications of every state, by id. */
export function listPersonNotifications(
  client: Pick<TenantTransaction, "notification">,
  tenantId: TenantId,
  { userId, after, limit }: PersonPage,
): Promise<Notification[]> {
  const where = { tenantId, userId, ...(after === undefined ? {} : { id: { gt: after } }) };
  return client.notification.findMany({ where, orderBy: { id: "asc" }, take: limit });
}

/** What was decided of them, by id. */
export function listPersonDeliveries(
  db: Database,
  tenantId: TenantId,
  { userId, after, limit }: PersonPage,
): Promise<Delivery[]> {
  const where = { tenantId, userId, ...(after === undefined ? {} : { id: { gt: after } }) };
  return db.forTenant(tenantId).delivery.findMany({ where, orderBy: { id: "asc" }, take: limit });
}

/** The calls that somebody made, as far as they are kept, by id. */
export function listPersonCalls(
  db: Database,
  tenantId: TenantId,
  { userId, after, limit }: PersonPage,
): Promise<ApiRequest[]> {
  const where = { tenantId, userId, ...(after === undefined ? {} : { id: { gt: after } }) };
  return db.forTenant(tenantId).apiRequest.findMany({ where, orderBy: { id: "asc" }, take: limit });
}

/** The tries of some deliveries. */
export function listAttempts(db: Database, tenantId: TenantId, deliveryIds: string[]) {
  const where = { tenantId, deliveryId: { in: deliveryIds } };
  return db
    .forTenant(tenantId)
    .deliveryAttempt.findMany({ where, orderBy: [{ deliveryId: "asc" }, { number: "asc" }] });
}

/** What there is of somebody that is few: one record a row. */
export async function listPersonRows(db: Database, tenantId: TenantId, userId: string) {
  const client = db.forTenant(tenantId);
  const where = { tenantId, userId };
  const user = await client.user.findUnique({ where: { tenantId_id: { tenantId, id: userId } } });
  const addresses = await listAddresses(client, tenantId, userId);
  const tables = {
    user: user ? [user] : [],
    preference: await client.preference.findMany({ where }),
    preferenceTiming: await client.preferenceTiming.findMany({ where }),
    topicSubscription: await client.topicSubscriber.findMany({ where }),
    suppression: await client.suppression.findMany({ where: { tenantId, address: { in: addresses } } }),
    awayNotice: await client.awayNotice.findMany({ where }),
    presence: await client.presence.findMany({ where }),
    connection: await client.connection.findMany({ where }),
  };
  return Object.entries(tables).flatMap(([record, rows]) =>
    (rows as { tenantId: string }[]).map(({ tenantId: _, ...data }) => ({ record, data })),
  );
}

/** The addresses that somebody's mail went to, and the one of their profile; in lower case, as suppressions are kept. */
async function listAddresses(
  tx: Pick<TenantTransaction, "user" | "delivery">,
  tenantId: TenantId,
  userId: string,
): Promise<string[]> {
  const user = await tx.user.findUnique({ where: { tenantId_id: { tenantId, id: userId } } });
  const where = { tenantId, userId, address: { not: null } };
  const mailed = await tx.delivery.findMany({ where, distinct: ["address"], select: { address: true }, take: 1000 });
  const all = [user?.email, ...mailed.map(({ address }) => address)].flatMap((address) => address?.toLowerCase() ?? []);
  return [...new Set(all)];
}

/** How many rows of somebody's are to be looked at. */
export async function countPersonRows(db: Database, tenantId: TenantId, userId: string): Promise<number> {
  const client = db.forTenant(tenantId);
  const where = { tenantId, userId };
  let count = (await client.notification.count({ where })) + (await client.delivery.count({ where }));
  count += (await client.member.count({ where })) + (await client.apiRequest.count({ where }));
  for (let after: string | undefined; ; ) {
    const chats = await listPersonChats(db, tenantId, { userId, after, limit: 1000 });
    for (const { lastSeq } of chats) count += lastSeq;
    after = chats.at(-1)?.chatId;
    if (chats.length < 1000) return count;
  }
}

/** Blanks messages of a chat that was deleted, where nobody is left to be told, and what the log still says of them. Only under the head. */
export async function blankMessages(tx: TenantTransaction, tenantId: TenantId, ids: string[]): Promise<void> {
  await tx.$executeRaw`update events e set payload = (e.payload - 'mentionUserIds') || '{"content": "", "metadata": {}}'
    where e.tenant_id = ${tenantId} and e.position in (
      select m.position from messages m where m.tenant_id = ${tenantId} and m.id = any (${ids}::uuid[])
      union all select x.position from message_edits x where x.tenant_id = ${tenantId} and x.message_id = any (${ids}::uuid[]))`;
  await tx.messageEdit.deleteMany({ where: { tenantId, messageId: { in: ids } } });
  await tx.message.updateMany({
    where: { tenantId, id: { in: ids } },
    data: { content: "", metadata: {}, mentionUserIds: [], deletedAt: new Date() },
  });
}

/** Takes out by which keys somebody's sends in a chat were told apart; returns of how many, at most `limit`. Only under the head. */
export async function dropSendKeys(
  tx: TenantTransaction,
  tenantId: TenantId,
  { chatId, userId, limit }: { chatId: string; userId: string; limit: number },
): Promise<number> {
  return (await tx.sendKey.deleteMany({ where: { tenantId, chatId, senderId: userId }, limit })).count;
}

/** The chat of two is nobody's other half any more. Before the head. */
export async function freeDirectChat(tx: TenantTransaction, tenantId: TenantId, chatId: string): Promise<void> {
  await tx.chat.updateMany({ where: { tenantId, id: chatId, kind: "direct" }, data: { directKey: null } });
}

/** Takes out somebody's notifications that nobody has seen: scheduled and cancelled ones. Only under the head. */
export async function dropUnseen(tx: TenantTransaction, tenantId: TenantId, ids: string[]): Promise<void> {
  await tx.notification.deleteMany({ where: { tenantId, id: { in: ids } } });
}

/** Lets mails go to somebody's addresses again, where they are nobody else's: whose they were is not known any more. */
export async function dropSuppressions(tx: TenantTransaction, tenantId: TenantId, userId: string): Promise<void> {
  const addresses = await listAddresses(tx, tenantId, userId);
  await liftSuppressions(tx, tenantId, userId, addresses);
  await tx.caughtMail.deleteMany({ where: { tenantId, recipient: { in: addresses, mode: "insensitive" } } });
  await tx.$executeRaw`delete from idempotency_keys where tenant_id = ${tenantId} and lower(response ->> 'address') = any (${addresses})`;
  await forgetAddresses(tx, tenantId, addresses);
}

/** The other users' addresses, of which there is no index, are gone through only where there is something to lift. */
async function liftSuppressions(tx: TenantTransaction, tenantId: TenantId, userId: string, addresses: string[]) {
  await tx.$executeRaw`delete from suppressions s where s.tenant_id = ${tenantId} and s.address = any (${addresses})
    and not exists (select from users u where u.tenant_id = s.tenant_id and u.id <> ${userId} and lower(u.email) = s.address)`;
}

/** Takes out somebody's deliveries with their tries, the mails that were caught of them, and what a try that ends just now says of their addresses. */
export async function dropDeliveries(tx: TenantTransaction, tenantId: TenantId, ids: string[]): Promise<void> {
  const locked = await tx.$queryRaw<{ address: string | null; userId: string }[]>`
    select address, user_id as "userId" from deliveries where tenant_id = ${tenantId} and id = any (${ids}::uuid[]) order by id for update`;
  const addresses = locked.flatMap(({ address }) => address?.toLowerCase() ?? []);
  await liftSuppressions(tx, tenantId, locked[0]?.userId ?? "", addresses);
  await tx.deliveryAttempt.deleteMany({ where: { tenantId, deliveryId: { in: ids } } });
  await tx.caughtMail.deleteMany({ where: { tenantId, deliveryId: { in: ids } } });
  await tx.delivery.deleteMany({ where: { tenantId, id: { in: ids } } });
}

/**
 * Sends to many that are for somebody alone and have not come, by id: they are to come, were taken back or failed. Of their index Prisma,
 * which compares whole arrays, could not ask.
 */
export async function listOwnBatches(
  db: Database,
  tenantId: TenantId,
  { userId, after = nilId, limit }: PersonPage,
): Promise<{ id: string; hasToCome: boolean }[]> {
  return db.forTenant(tenantId).$queryRaw`
    select b.id, b.due_at is not null as "hasToCome" from notification_batches b
    where b.tenant_id = ${tenantId} and cardinality(b.recipients) = 1 and b.recipients[1] = ${userId} and b.id > ${after}::uuid
    order by b.id limit ${limit}::int`;
}

/**
 * Takes somebody out of sends to several that have yet to come, a page of them by id; answers the last id looked at, undefined after the
 * last page. Their place stays: a send goes on by places.
 */
export async function leaveBatches(
  tx: TenantTransaction,
  tenantId: TenantId,
  { userId, after = nilId, limit }: PersonPage,
): Promise<string | undefined> {
  const rows = await tx.$queryRaw<{ id: string }[]>`select id from notification_batches
    where tenant_id = ${tenantId} and due_at is not null and id > ${after}::uuid order by id limit ${limit}::int`;
  await tx.$executeRaw`update notification_batches set recipients = array_replace(recipients, ${userId}, '')
    where tenant_id = ${tenantId} and id = any (${rows.map(({ id }) => id)}::uuid[]) and due_at is not null
      and cardinality(recipients) > 1 and ${userId} = any (recipients)`;
  return rows.length === limit ? rows.at(-1)?.id : undefined;
}

/** Takes out what ended sends to many said that were for one alone, and what their calls were answered. */
export async function blankBatches(tx: TenantTransaction, tenantId: TenantId, ids: string[]): Promise<void> {
  const rows = await tx.$queryRaw<{ id: string; created_at: Date }[]>`
    update notification_batches b set recipients = '{}',
      content = jsonb_build_object('type', b.content -> 'type', 'priority', b.content -> 'priority', 'subject', '', 'message', '')
    where b.tenant_id = ${tenantId} and b.id = any (${ids}::uuid[]) and b.finished_at is not null and b.total = 1
    returning b.id, b.created_at`;
  if (rows.length === 0) return;
  const times = rows.map((row) => row.created_at.getTime());
  // Of a tenant that sends to one user at a time a day's keys are as many as its sends: read are those of about then.
  const [since, until] = [new Date(Math.min(...times) - clocksApart), new Date(Math.max(...times) + clocksApart)];
  await tx.$executeRaw`delete from idempotency_keys where tenant_id = ${tenantId} and created_at between ${since} and ${until}
    and response ->> 'batchId' = any (${rows.map(({ id }) => id)})`;
}

/** Takes out calls from what is kept of them. */
export async function dropCalls(tx: TenantTransaction, tenantId: TenantId, ids: string[]): Promise<void> {
  await tx.apiRequest.deleteMany({ where: { tenantId, id: { in: ids } } });
}

/** Takes out what somebody chose, follows and was told, where they are, and what their calls, and others' about them, were answered. */
export async function dropPersonRows(tx: TenantTransaction, tenantId: TenantId, userId: string): Promise<void> {
  const where = { tenantId, userId };
  await tx.preference.deleteMany({ where });
  await tx.preferenceTiming.deleteMany({ where });
  await tx.topicSubscriber.deleteMany({ where });
  await tx.awayNotice.deleteMany({ where });
  await tx.presence.deleteMany({ where });
  await tx.connection.deleteMany({ where });
  await tx.channelMember.deleteMany({ where });
  await tx.channelNotice.deleteMany({ where });
  const scope = `${JSON.stringify([`user:${userId}`]).slice(0, -1)},`;
  await tx.$executeRaw`delete from idempotency_keys where tenant_id = ${tenantId}
    and (starts_with(scope, ${scope}) or response ->> 'userId' = ${userId})`;
}

/** Takes out files that may hold what somebody wrote: their own exports, and those of chats that they are or were in. */
export async function dropPersonFiles(tx: TenantTransaction, tenantId: TenantId, userId: string): Promise<void> {
  const { count } = await tx.task.deleteMany({ where: { tenantId, kind: "export-user", subject: userId } });
  const chats =
    await tx.$executeRaw`delete from tasks k where k.tenant_id = ${tenantId} and k.kind = 'export-chat' and exists (
    select from membership_spans s where s.tenant_id = ${tenantId} and s.user_id = ${userId} and s.chat_id::text = k.subject)`;
  if (count + chats === 0) return;
  await tx.$executeRaw`delete from task_parts p where p.tenant_id = ${tenantId}
    and not exists (select from tasks k where k.tenant_id = p.tenant_id and k.id = p.task_id)`;
}

/** Empties somebody's profile. The row stays, with nothing in it but the time up to which tokens of that id are refused. */
export async function emptyProfile(tx: TenantTransaction, tenantId: TenantId, userId: string): Promise<void> {
  const nothing = { displayName: null, avatarUrl: null, email: null, locale: null, timezone: null, lastSeenAt: null };
  await tx.user.updateMany({
    where: { tenantId, id: userId },
    data: { ...nothing, metadata: {}, updatedAt: new Date() },
  });
  // By the database's clock, which steps of sends to many compare it with.
  await tx.$executeRaw`update users set erased_at = clock_timestamp() where tenant_id = ${tenantId} and id = ${userId}`;
}
