import type { Pool } from "pg";
import type { TenantId } from "../../auth/principal.ts";
import type { EventType, LogEvent } from "../../events.ts";
import type { Database } from "../../persistence/database.ts";
import type { Job } from "../../persistence/jobs.ts";
import type { TenantTransaction } from "../../persistence/prisma.ts";
import type { Work } from "../../persistence/unit-of-work.ts";
import type { StoredNotification } from "./schema.ts";
import { findZones } from "./store.ts";

// Hand-written SQL: the look across tenants is one function whose owner sees nothing else; a step of hundreds is one statement.

export type DueKind = "notifications" | "batches";

/** Tenants with work of a kind that is due, the longest due first. */
export async function findDueTenants(pool: Pool, kind: DueKind, limit: number): Promise<TenantId[]> {
  const { rows } = await pool.query<{ tenant_id: TenantId }>({
    name: "due_tenants_v1",
    text: "select tenant_id from due_tenants_v1($1, date_trunc('milliseconds', clock_timestamp()), $2)",
    values: [kind, limit],
  });
  return rows.map((row) => row.tenant_id);
}

export interface DueNotification {
  id: string;
  userId: string;
  type: string;
  status: "scheduled" | "visible";
}

/** What of a tenant waits for its time no longer. */
export async function findDue(
  db: Database,
  tenantId: TenantId,
  now: number,
  limit: number,
): Promise<DueNotification[]> {
  const { rows } = await db.pool.query<DueNotification>({
    name: "due_notifications_v1",
    text: `select id, user_id as "userId", type, status from due_notifications_v1($1, $2, $3)`,
    values: [tenantId, new Date(now), limit],
  });
  return rows;
}

/**
 * Which of these were asked for and due before a time, each by itself or its send to many. What a restored backup holds of them came out
 * before already.
 */
export async function findDueBefore(
  tx: TenantTransaction,
  tenantId: TenantId,
  ids: string[],
  moment: Date | null,
): Promise<Set<string>> {
  if (moment === null || ids.length === 0) return new Set();
  const rows = await tx.$queryRaw<{ id: string }[]>`
    select id from due_before_v1(${tenantId}, ${ids}::uuid[], ${moment}) as id`;
  return new Set(rows.map(({ id }) => id));
}

interface SettledRow {
  type: EventType;
  pos: number;
  payload: StoredNotification;
  internal: LogEvent["internal"] | null;
  user_id: string;
  at: Date;
  waited: number;
}

/** What came of a step, and how long it waited for the head, in ms; of one that nothing came of that is not known. */
export interface Settled {
  events: LogEvent[];
  waited: number;
}

/** Lets scheduled ones appear, snoozed ones come back and expired ones go, in one commit. */
export async function settle(
  db: Database,
  tenantId: TenantId,
  due: { id: string; filed: boolean }[],
  now: number,
): Promise<Settled> {
  const { rows } = await db.pool.query<SettledRow>({
    name: "settle_notifications_v2",
    text: "select type, pos, payload, internal, user_id, at, waited from settle_notifications_v2($1, $2, $3)",
    values: [tenantId, JSON.stringify(due.map(({ id, filed }) => ({ i: id, f: filed }))), new Date(now)],
  });
  const events = rows
    .map(({ type, pos, payload, internal, user_id, at }) => ({
      tenantId,
      position: pos,
      type,
      userId: user_id,
      payload: { ...payload },
      at: at.toISOString(),
      ...(internal ? { internal } : {}),
    }))
    .sort((a, b) => a.position - b.position);
  return { events, waited: rows[0]?.waited ?? 0 };
}

/** What waits for a time by a user's own clock comes at that time by the clock they have now. */
export async function moveLocalTimes(
  { tx, lockHead }: Pick<Work, "tx" | "lockHead">,
  tenantId: TenantId,
  userId: string,
  instantOf: (local: string, zone: string) => Date,
): Promise<void> {
  // Whatever is being made at this moment is there under the head, or is made by the zone of now.
  await lockHead();
  const zone = (await findZones(tx, tenantId, [userId]))(userId);
  const rows = await tx.notification.findMany({
    where: { tenantId, userId, status: "scheduled", scheduledLocal: { not: null } },
    distinct: ["scheduledLocal"],
    select: { scheduledLocal: true },
  });
  const locals = rows.flatMap(({ scheduledLocal }) => scheduledLocal ?? []);
  if (locals.length === 0) return;
  const times = locals.map((local) => instantOf(local, zone));
  await tx.$executeRaw`
    update notifications n set scheduled_for = m.at from unnest(${locals}::text[], ${times}::timestamptz[]) as m (local, at)
    where n.tenant_id = ${tenantId} and n.user_id = ${userId} and n.status = 'scheduled' and n.scheduled_local = m.local`;
  const first = new Date(Math.min(...times.map((time) => time.getTime())));
  await tx.$executeRaw`select mark_due_v1(${tenantId}, 'notifications', ${first})`;
}

/** The job that has what waits for a time by its users' own clocks come at that time by the clocks they have now. */
export function moveTimesJob(tenantId: TenantId): Job {
  return { task: "move-times", payload: { tenantId }, key: `move-times:${tenantId}` };
}

/**
 * The same for any users: for the next `limit` notifications, in order of id. Answers the last one's id; nothing when it came to the end.
 */
export async function moveSomeTimes(
  { tx, lockHead }: Pick<Work, "tx" | "lockHead">,
  tenantId: TenantId,
  { after, limit }: { after: string; limit: number },
  instantOf: (local: string, zone: string) => Date,
): Promise<string | undefined> {
  await lockHead();
  const rows = await tx.notification.findMany({
    where: { tenantId, status: "scheduled", scheduledLocal: { not: null }, id: { gt: after } },
    orderBy: { id: "asc" },
    take: limit,
    select: { id: true, userId: true, scheduledLocal: true, scheduledFor: true },
  });
  const zoneOf = await findZones(tx, tenantId, [...new Set(rows.map(({ userId }) => userId))]);
  const moved = rows.flatMap(({ id, userId, scheduledLocal, scheduledFor }) => {
    const at = instantOf(scheduledLocal ?? "", zoneOf(userId));
    return at.getTime() === scheduledFor?.getTime() ? [] : [{ id, at }];
  });
  if (moved.length > 0) {
    const [ids, times] = [moved.map(({ id }) => id), moved.map(({ at }) => at)];
    await tx.$executeRaw`
      update notifications n set scheduled_for = m.at from unnest(${ids}::uuid[], ${times}::timestamptz[]) as m (id, at)
      where n.tenant_id = ${tenantId} and n.id = m.id`;
    const first = new Date(Math.min(...times.map((time) => time.getTime())));
    await tx.$executeRaw`select mark_due_v1(${tenantId}, 'notifications', ${first})`;
  }
  return rows.length < limit ? undefined : rows.at(-1)?.id;
}

/** What decides about a type and users before anything is sent to them. */
export interface SendRules {
  declared: {
    channels: string[];
    priority: string;
    required: boolean;
    metadataSchema?: unknown;
  } | null;
  /** The tenant's, as stored */
  settings: unknown;
  /** User → whether they want it in the inbox, of those who said so */
  chosen: Record<string, boolean>;
}

/**
 * The rules for sending a type to these users, in one round trip. `declared` is null for a type that the tenant has not declared; a user
 * who never chose is not in `chosen`.
 */
export async function readSendRules(
  pool: Pool,
  tenantId: TenantId,
  type: string,
  userIds: string[],
): Promise<SendRules> {
  const { rows } = await pool.query<{
    declared: SendRules["declared"];
    settings: unknown;
    chosen: Record<string, boolean> | null;
  }>({
    name: "send_rules_v1",
    text: "select declared, settings, chosen from send_rules_v1($1, $2, $3)",
    values: [tenantId, type, userIds],
  });
  const row = rows[0];
  return { declared: row?.declared ?? null, settings: row?.settings ?? {}, chosen: row?.chosen ?? {} };
}
