import type { TenantId } from "../../auth/principal.ts";
import { DomainError } from "../../errors.ts";
import type { Span } from "../../persistence/cursor-form.ts";
import type { Database } from "../../persistence/database.ts";
import type { Prisma, User as UserRow } from "../../persistence/generated/client.ts";
import { literally } from "../../persistence/like.ts";
import type { TenantTransaction } from "../../persistence/prisma.ts";
import { byTime, type TimeCursor } from "../../persistence/time-cursor.ts";
import type { ChatPerson, Profile } from "./schema.ts";

/**
 * A user is known from the moment something names it, also after an erasure; the profile may come later or never.
 */
export async function ensureUser(tx: TenantTransaction, tenantId: TenantId, userId: string): Promise<void> {
  const isNew = { data: [{ tenantId, id: userId }], skipDuplicates: true };
  if ((await tx.user.createMany(isNew)).count > 0) return;
  await tx.user.updateMany({ where: { tenantId, id: userId, erasedAt: { not: null } }, data: { erasedAt: null } });
}

export function findUser(db: Database, tenantId: TenantId, userId: string): Promise<UserRow | null> {
  return db.forTenant(tenantId).user.findUnique({ where: { tenantId_id: { tenantId, id: userId } } });
}

/** The display names of users who have one, by id. */
export async function findDisplayNames(
  db: Database,
  tenantId: TenantId,
  userIds: readonly string[],
): Promise<Map<string, string>> {
  const where = { tenantId, id: { in: [...new Set(userIds)] }, displayName: { not: null } };
  const rows = await db.forTenant(tenantId).user.findMany({ where, select: { id: true, displayName: true } });
  return new Map(rows.map(({ id, displayName }) => [id, displayName ?? ""]));
}

/** Those of some users who have a row and are not erased. Hand-written SQL: read with every page of messages; one round trip against four. */
export async function findPeople(db: Database, tenantId: TenantId, userIds: readonly string[]): Promise<ChatPerson[]> {
  if (userIds.length === 0) return [];
  const { rows } = await db.pool.query<ChatPerson>({
    name: "find_people_v1",
    text: `select user_id as "userId", display_name as "displayName", avatar_url as "avatarUrl" from find_people_v1($1, $2)`,
    values: [tenantId, [...new Set(userIds)]],
  });
  return rows;
}

/**
 * Whether a membership, also one that has ended, a notification, there or to come, a subscription or preferences name the user, without any
 * profile.
 */
export async function isNamedAnywhere(db: Database, tenantId: TenantId, userId: string): Promise<boolean> {
  const client = db.forTenant(tenantId);
  const where = { tenantId, userId };
  const select = { userId: true };
  const found =
    (await client.membershipSpan.findFirst({ where, select })) ??
    // Each by its own index: of both at once a busy tenant's whole table might be read.
    (await client.notification.findFirst({ where: { ...where, status: "visible" }, select })) ??
    (await client.notification.findFirst({ where: { ...where, status: "scheduled" }, select })) ??
    (await findChosen(client, tenantId, userId));
  return found !== null;
}

/** What somebody follows or has chosen: by it a send to many finds them. */
async function findChosen(tx: TenantTransaction, tenantId: TenantId, userId: string) {
  const [where, select] = [{ tenantId, userId }, { userId: true }];
  return (
    (await tx.topicSubscriber.findFirst({ where, select })) ??
    (await tx.preference.findFirst({ where, select })) ??
    (await tx.preferenceTiming.findFirst({ where, select }))
  );
}

/** That something names the user: all that an export writes down and an erasure takes out is looked at. Throws not_found. */
export async function ensureKnown(tx: TenantTransaction, tenantId: TenantId, userId: string): Promise<void> {
  const where = { tenantId, userId };
  const known =
    (await tx.user.findUnique({ where: { tenantId_id: { tenantId, id: userId } }, select: { id: true } })) ??
    (await tx.membershipSpan.findFirst({ where, select: { userId: true } })) ??
    (await tx.notification.findFirst({ where, select: { userId: true } })) ??
    (await findChosen(tx, tenantId, userId)) ??
    (await tx.delivery.findFirst({ where, select: { userId: true } })) ??
    (await tx.apiRequest.findFirst({ where, select: { userId: true } }));
  if (!known) throw new DomainError("not_found");
}

/**
 * What of a profile decides when and where mail goes; undefined without one. Its row is locked: of two who set it, the later sees what the
 * earlier has set. Hand-written SQL, because Prisma has no row lock.
 */
export async function lockReach(
  tx: TenantTransaction,
  tenantId: TenantId,
  userId: string,
): Promise<{ timezone: string | null; email: string | null } | undefined> {
  const rows = await tx.$queryRaw<{ timezone: string | null; email: string | null }[]>`
    select timezone, email from users where tenant_id = ${tenantId} and id = ${userId} for no key update`;
  return rows[0];
}

/** Stores the whole profile: what it leaves out is cleared. */
export function saveProfile(
  tx: TenantTransaction,
  tenantId: TenantId,
  userId: string,
  profile: Profile,
): Promise<UserRow> {
  const data = {
    displayName: profile.displayName ?? null,
    avatarUrl: profile.avatarUrl ?? null,
    email: profile.email ?? null,
    locale: profile.locale ?? null,
    timezone: profile.timezone ?? null,
    metadata: (profile.metadata ?? {}) as Prisma.InputJsonObject,
  };
  return tx.user.upsert({
    where: { tenantId_id: { tenantId, id: userId } },
    create: { tenantId, id: userId, ...data },
    update: { ...data, updatedAt: new Date(), erasedAt: null },
  });
}

/** Refuses every token of the user issued until now, by the database's clock, which Prisma cannot write. */
export async function revokeUserTokens(tx: TenantTransaction, tenantId: TenantId, userId: string): Promise<Date> {
  const rows = await tx.$queryRaw<{ valid_after: Date }[]>`
    insert into users as u (tenant_id, id, valid_after) values (${tenantId}, ${userId}, clock_timestamp())
    on conflict (tenant_id, id) do update set valid_after = greatest(u.valid_after, excluded.valid_after)
    returning valid_after`;
  return rows[0]!.valid_after;
}

/** How many users with a row there are; the erased are none of them. */
export function countUsers(db: Database, tenantId: TenantId, search?: string): Promise<number> {
  return db.forTenant(tenantId).user.count({ where: { tenantId, erasedAt: null, ...matching(search) } });
}

/** Those users, newest first; of many newer than a place the nearest. */
export async function listUsersBetween(
  db: Database,
  tenantId: TenantId,
  { search, ...span }: Span<TimeCursor> & { search?: string | undefined },
): Promise<UserRow[]> {
  const { bounds, arrange, ...part } = byTime(span, { at: "createdAt", id: "id" });
  const where = { tenantId, erasedAt: null, ...matching(search), AND: bounds };
  return arrange(await db.forTenant(tenantId).user.findMany({ where, ...part }));
}

/** Of the id, the name or the address. */
function matching(search: string | undefined): Prisma.UserWhereInput {
  if (search === undefined) return {};
  const contains = { contains: literally(search), mode: "insensitive" as const };
  return { OR: [{ id: contains }, { displayName: contains }, { email: contains }] };
}
