import type { TenantId } from "../../auth/principal.ts";
import { DomainError, takenError } from "../../errors.ts";
import { byName, type Span } from "../../persistence/cursor-form.ts";
import type { Database } from "../../persistence/database.ts";
import type { Topic as TopicRow } from "../../persistence/generated/client.ts";
import type { TenantTransaction } from "../../persistence/prisma.ts";

/** Throws `not_found`. */
export async function getTopic(tx: TenantTransaction, tenantId: TenantId, id: string): Promise<TopicRow> {
  const row = await tx.topic.findUnique({ where: { tenantId_id: { tenantId, id } } });
  if (!row) throw new DomainError("not_found");
  return row;
}

/** The topic's row to this transaction alone, so that nobody subscribes to what is going. Throws `not_found`. Hand-written SQL: Prisma has no row lock. */
export async function lockTopic(tx: TenantTransaction, tenantId: TenantId, id: string): Promise<void> {
  const rows = await tx.$queryRaw<unknown[]>`
    select 1 from topics where tenant_id = ${tenantId} and id = ${id} for update`;
  if (rows.length === 0) throw new DomainError("not_found");
}

/** Throws conflict when it exists and was to be new, or is not the one any more that was made at the time of `onlyIf`. */
export async function saveTopic(
  tx: TenantTransaction,
  tenantId: TenantId,
  topic: { id: string; name: string; now: Date; onlyNew?: boolean; onlyIf?: string | undefined },
): Promise<TopicRow> {
  const { id, name, now, onlyNew = false, onlyIf } = topic;
  if (onlyIf !== undefined) await ensureKept(tx, { tenantId, id, createdAt: new Date(onlyIf) }, name);
  if (onlyNew) {
    // Of two at once the second waits, and makes none.
    const data = [{ tenantId, id, name, createdAt: now }];
    if ((await tx.topic.createMany({ data, skipDuplicates: true })).count === 0) throw takenError("topicId");
    return getTopic(tx, tenantId, id);
  }
  return tx.topic.upsert({
    where: { tenantId_id: { tenantId, id } },
    create: { tenantId, id, name, createdAt: now },
    update: { name },
  });
}

/** Names what is still there, which is from then on this transaction's alone. */
async function ensureKept(
  tx: TenantTransaction,
  where: { tenantId: TenantId; id: string; createdAt: Date },
  name: string,
): Promise<void> {
  if ((await tx.topic.updateMany({ where, data: { name } })).count > 0) return;
  const { tenantId, id } = where;
  const isThere = (await tx.topic.count({ where: { tenantId, id } })) > 0;
  const text = isThere ? "It was deleted and made anew meanwhile" : "It was deleted meanwhile";
  throw new DomainError("conflict", { detail: text, errors: { onlyIf: [text] } });
}

export async function removeTopic(tx: TenantTransaction, tenantId: TenantId, id: string): Promise<void> {
  await lockTopic(tx, tenantId, id);
  await tx.topicSubscriber.deleteMany({ where: { tenantId, topicId: id } });
  await tx.topic.delete({ where: { tenantId_id: { tenantId, id } } });
}

interface CountedTopic {
  topic: TopicRow;
  subscribers: number;
}

export function countTopics(db: Database, tenantId: TenantId): Promise<number> {
  return db.forTenant(tenantId).topic.count({ where: { tenantId } });
}

/** Topics in order of id, with how many subscribe to each. */
export async function listTopicsBetween(db: Database, tenantId: TenantId, span: Span<string>): Promise<CountedTopic[]> {
  const { name, order, arrange, ...part } = byName(span);
  const { topic } = db.forTenant(tenantId);
  const topics = await topic.findMany({ where: { tenantId, id: name }, orderBy: { id: order }, ...part });
  return countEach(db, tenantId, arrange(topics));
}

async function countEach(db: Database, tenantId: TenantId, topics: TopicRow[]): Promise<CountedTopic[]> {
  const client = db.forTenant(tenantId);
  const counts = await client.topicSubscriber.groupBy({
    by: ["topicId"],
    where: { tenantId, topicId: { in: topics.map(({ id }) => id) } },
    _count: true,
  });
  const byId = new Map(counts.map(({ topicId, _count }) => [topicId, _count]));
  return topics.map((topic) => ({ topic, subscribers: byId.get(topic.id) ?? 0 }));
}

export function countSubscribers(tx: TenantTransaction, tenantId: TenantId, topicId: string): Promise<number> {
  return tx.topicSubscriber.count({ where: { tenantId, topicId } });
}

/** Subscribers in order of user id. Throws not_found. */
export async function listSubscribersBetween(
  db: Database,
  tenantId: TenantId,
  topicId: string,
  span: Span<string>,
): Promise<{ userId: string; createdAt: Date }[]> {
  const client = db.forTenant(tenantId);
  await getTopic(client, tenantId, topicId);
  const { name, order, arrange, ...part } = byName(span);
  const where = { tenantId, topicId, userId: name };
  return arrange(await client.topicSubscriber.findMany({ where, orderBy: { userId: order }, ...part }));
}

/** Who is one already stays one. Returns how many are new. */
export async function addSubscribers(
  tx: TenantTransaction,
  tenantId: TenantId,
  topicId: string,
  of: { userIds: string[]; now: Date },
): Promise<number> {
  await lockTopic(tx, tenantId, topicId);
  const data = of.userIds.toSorted().map((userId) => ({ tenantId, topicId, userId, createdAt: of.now }));
  return (await tx.topicSubscriber.createMany({ data, skipDuplicates: true })).count;
}

/** Whether there was one. */
export async function removeSubscriber(
  tx: TenantTransaction,
  tenantId: TenantId,
  topicId: string,
  userId: string,
): Promise<boolean> {
  await lockTopic(tx, tenantId, topicId);
  return (await tx.topicSubscriber.deleteMany({ where: { tenantId, topicId, userId } })).count > 0;
}
