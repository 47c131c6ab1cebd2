import type { Pool } from "pg";
import type { TenantId } from "../../auth/principal.ts";
import { DomainError } from "../../errors.ts";
import type { LogEvent } from "../../events.ts";
import { quoteArray, rawArray } from "../../persistence/arrays.ts";
import type { NotificationBatch as BatchRow, Prisma } from "../../persistence/generated/client.ts";
import type { TenantTransaction } from "../../persistence/prisma.ts";
import type { Work } from "../../persistence/unit-of-work.ts";
import { noteCancelled } from "../deliveries/store.ts";
import type { SendRules } from "../notifications/due-store.ts";
import { type Content, toCreatedEvent } from "../notifications/lane-store.ts";
import type { StoredNotification } from "../notifications/schema.ts";
import type { Audience } from "./schema.ts";

/** A batch without those it is for: they may be ten thousand. */
export type Batch = Omit<BatchRow, "recipients">;

export const shown = { omit: { recipients: true } } as const;

export interface NewBatch {
  id: string;
  audience: Audience;
  audienceId?: string | undefined;
  content: Content;
  recipients: string[];
  total: number;
  scheduledFor?: Date | undefined;
  scheduledLocal?: string | undefined;
  dueAt: Date;
  createdAt: Date;
}

/** Accepts a send to many: from its commit on a worker has it to do. */
export async function insertBatch({ tx, lockHead }: Work, tenantId: TenantId, batch: NewBatch): Promise<Batch> {
  const { content, audienceId = null, scheduledFor = null, scheduledLocal = null, ...rest } = batch;
  const row = await tx.notificationBatch.create({
    data: {
      tenantId,
      ...rest,
      audienceId,
      scheduledFor,
      scheduledLocal,
      content: content as unknown as Prisma.InputJsonObject,
      status: batch.dueAt > batch.createdAt ? "scheduled" : "running",
    },
    ...shown,
  });
  await lockHead();
  await settleDues(tx, tenantId);
  return row;
}

/** Only under the head. */
async function settleDues(tx: TenantTransaction, tenantId: TenantId): Promise<void> {
  await tx.$executeRaw`select settle_batches_v1(${tenantId})`;
}

/** How many an audience is now. */
export async function countRecipients(
  tx: TenantTransaction,
  tenantId: TenantId,
  { audience, audienceId }: { audience: Audience; audienceId?: string | undefined },
): Promise<number> {
  const [row] = await tx.$queryRaw<{ n: bigint | number }[]>`
    select count_recipients_v1(${tenantId}, ${audience}, ${audienceId ?? null}) as n`;
  return Number(row?.n ?? 0);
}

/** What the next run of a batch needs, and what decides how its type is filed for its users. */
export interface Portion {
  audience: Audience;
  content: Content;
  total: number;
  done: number;
  scheduledFor: Date | null;
  scheduledLocal: string | null;
  dueAt: Date;
  attempts: number;
  /** Those whose turn is next; empty where one was erased meanwhile. */
  users: string[];
  rules: SendRules;
}

// Hand-written SQL: ten thousand recipients are a hundred steps, and chats wait for the head that each of them holds.

/** The next recipients, at most `limit`; undefined when the batch is gone or has come to its end. Locks nothing: each step looks again. */
export async function readPortion(
  pool: Pool,
  tenantId: TenantId,
  id: string,
  limit: number,
): Promise<Portion | undefined> {
  const { rows } = await pool.query<Omit<Portion, "rules"> & SendRules>({
    name: "batch_portion_v1",
    text: `select audience, content, total, done, scheduled_for as "scheduledFor", scheduled_local as "scheduledLocal", due_at as "dueAt", attempts,
      to_json(users) as users, declared, settings, chosen from batch_portion_v1($1, $2, $3)`,
    values: [tenantId, id, limit],
  });
  if (!rows[0]) return undefined;
  const { declared, settings, chosen, ...portion } = rows[0];
  return {
    ...portion,
    users: portion.users ?? [],
    rules: { declared, settings: settings ?? {}, chosen: chosen ?? {} },
  };
}

export interface StepRow {
  id: string;
  userId: string;
  filed: boolean;
  /** When it is to appear; now without. */
  scheduledFor?: Date | undefined;
  /** By which that was counted, where it is by their own clock. */
  zone?: string | undefined;
}

export interface NewStep {
  /** What was read of the batch, by which the rows are made. */
  by: Pick<Portion, "scheduledFor" | "scheduledLocal"> & { type: string };
  /** How far the batch is. */
  done: number;
  /** Recipients that it goes on by, and the last of them. */
  passed: number;
  cursor: string | undefined;
  finished: boolean;
  /** What is made; when it has expired, only the decisions that say so. */
  rows: StepRow[];
  now: Date;
}

export interface MadeStep {
  /** Where the log was before it. */
  position: number;
  /** Events that it appended. */
  count: number;
  toEvents(): LogEvent[];
  /** For the head, in ms */
  waited: number;
}

/**
 * Makes the next recipients' notifications, with their events, and notes how far the batch is: one statement, one commit. Undefined, and
 * nothing done, when another has gone on with it meanwhile, it was cancelled or changed, or one of them was erased or has moved.
 */
export async function makeStep(
  pool: Pool,
  tenantId: TenantId,
  id: string,
  step: NewStep,
): Promise<MadeStep | undefined> {
  const { by, done, passed, cursor = null, finished, rows, now } = step;
  const { rows: made } = await pool.query<MadeRow>({
    name: "batch_step_v3",
    text: "select place, at, waited, shown, filed_shown from batch_step_v3($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15)",
    values: [
      tenantId,
      id,
      done,
      passed,
      cursor,
      finished,
      quoteArray(rows.map(({ userId }) => userId)),
      rawArray(rows.map((row) => row.id)),
      rawArray(rows.map(({ filed }) => (filed ? "t" : "f"))),
      quoteArray(rows.map(({ scheduledFor }) => scheduledFor?.toISOString())),
      quoteArray(rows.map(({ zone }) => zone)),
      now,
      ...[by.type, by.scheduledFor, by.scheduledLocal],
    ],
  });
  const [one] = made;
  const isShown = ({ userId, scheduledFor }: StepRow) => userId !== "" && (!scheduledFor || scheduledFor <= now);
  const shown = one?.shown ? rows.filter(isShown) : [];
  if (!one) return undefined;
  const { place: position, waited } = one;
  return { position, count: shown.length, toEvents: () => toEvents(tenantId, one, shown), waited };
}

interface MadeRow {
  place: number;
  at: Date;
  waited: number;
  /** Null when it has expired: nobody was told. */
  shown: StoredNotification | null;
  filed_shown: StoredNotification | null;
}

/** The events as the statement has written them, each beside what all of them say. */
function toEvents(tenantId: TenantId, made: MadeRow, rows: StepRow[]): LogEvent[] {
  return rows.flatMap(({ id, userId, filed, scheduledFor }, index) => {
    const said = filed ? made.filed_shown : made.shown;
    if (!said) return [];
    const payload = { ...said, id, userId, ...(scheduledFor ? { scheduledFor: scheduledFor.toISOString() } : {}) };
    return toCreatedEvent(tenantId, { pos: made.place + index + 1, payload, at: made.at, filed });
  });
}

/** Notes that a step failed: it comes again later, or not at all. */
export async function noteFailure(
  { tx, lockHead }: Work,
  tenantId: TenantId,
  id: string,
  fault: { error: string; attempts: number; again: Date | null; now: Date },
): Promise<void> {
  const { error, attempts, again, now } = fault;
  await tx.notificationBatch.updateMany({
    where: { tenantId, id, status: { in: ["running", "scheduled"] } },
    data: { error, attempts, dueAt: again, ...(again ? {} : { status: "failed", finishedAt: now }) },
  });
  await forgetRecipients(tx, tenantId, id);
  await lockHead();
  await settleDues(tx, tenantId);
}

/** The batch's row to this transaction alone, while nobody has been reached. Throws `not_found`, `conflict`. */
export async function lockScheduled({ tx }: Pick<Work, "tx">, tenantId: TenantId, id: string): Promise<Batch> {
  await tx.$queryRaw`select 1 from notification_batches where tenant_id = ${tenantId} and id = ${id}::uuid for update`;
  const row = await tx.notificationBatch.findUnique({ where: { tenantId_id: { tenantId, id } }, ...shown });
  if (!row) throw new DomainError("not_found");
  if (row.status !== "scheduled")
    throw new DomainError("conflict", { detail: "Only what is scheduled can be changed" });
  return row;
}

/** Writes what a locked batch is to say, and when. */
export async function changeBatch(
  { tx, lockHead }: Work,
  tenantId: TenantId,
  id: string,
  change: Pick<NewBatch, "content" | "scheduledFor" | "scheduledLocal" | "dueAt"> & { now: Date },
): Promise<Batch> {
  const { content, scheduledFor = null, scheduledLocal = null, dueAt, now } = change;
  const row = await tx.notificationBatch.update({
    where: { tenantId_id: { tenantId, id } },
    data: {
      content: content as unknown as Prisma.InputJsonObject,
      scheduledFor,
      scheduledLocal,
      dueAt,
      status: dueAt > now ? "scheduled" : "running",
    },
    ...shown,
  });
  await lockHead();
  await settleDues(tx, tenantId);
  return row;
}

/** Ends a batch. Throws `not_found`. */
export async function endBatch(
  { tx, lockHead }: Work,
  tenantId: TenantId,
  id: string,
  now: Date,
): Promise<{ row: Batch; hadToCome: boolean }> {
  const { count } = await tx.notificationBatch.updateMany({
    where: { tenantId, id, status: { in: ["running", "scheduled"] } },
    data: { status: "cancelled", dueAt: null, finishedAt: now },
  });
  await forgetRecipients(tx, tenantId, id);
  const row = await tx.notificationBatch.findUnique({ where: { tenantId_id: { tenantId, id } }, ...shown });
  if (!row) throw new DomainError("not_found");
  await lockHead();
  await settleDues(tx, tenantId);
  return { row, hadToCome: count > 0 };
}

/** Whom an ended send was for; one alone stays, so that what was to be told to them goes when they are erased. */
async function forgetRecipients(tx: TenantTransaction, tenantId: TenantId, id: string): Promise<void> {
  const where = { tenantId, id, dueAt: null, total: { gt: 1 } };
  await tx.notificationBatch.updateMany({ where, data: { recipients: [] } });
}

/**
 * Takes back some of what of a batch is not there yet, and no more counts those as reached: one that was done, where some get it later by
 * their own clock, is cancelled then. Returns how many.
 */
export async function takeBackSome(
  { tx, lockHead }: Work,
  tenantId: TenantId,
  id: string,
  { limit, now }: { limit: number; now: Date },
): Promise<number> {
  // Before the head, as whoever ends a batch and each of its steps.
  await tx.$queryRaw`select 1 from notification_batches where tenant_id = ${tenantId} and id = ${id}::uuid for no key update`;
  await lockHead();
  const where = { tenantId, batchId: id, status: "scheduled" };
  const ids = (await tx.notification.findMany({ where, select: { id: true }, take: limit })).map((row) => row.id);
  if (ids.length === 0) return 0;
  await tx.notification.updateMany({ where: { tenantId, id: { in: ids } }, data: { status: "cancelled" } });
  await noteCancelled(tx, tenantId, ids);
  const { notificationBatch } = tx;
  await notificationBatch.updateMany({ where: { tenantId, id }, data: { done: { decrement: ids.length } } });
  const cancelled = { status: "cancelled", finishedAt: now };
  await notificationBatch.updateMany({ where: { tenantId, id, status: "done" }, data: cancelled });
  return ids.length;
}
