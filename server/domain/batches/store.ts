import type { TenantId } from "../../auth/principal.ts";
import { DomainError } from "../../errors.ts";
import type { LogEvent } from "../../events.ts";
import type { Database } from "../../persistence/database.ts";
import type { NotificationBatch as BatchRow, Prisma } from "../../persistence/generated/client.ts";
import type { Page } from "../../persistence/paging.ts";
import type { TenantTransaction } from "../../persistence/prisma.ts";
import type { Work } from "../../persistence/unit-of-work.ts";
import { type Content, toCreatedEvent } from "../notifications/lane-store.ts";
import type { StoredNotification } from "../notifications/schema.ts";
import type { Audience } from "./schema.ts";

/** A batch without those it is for: they may be ten thousand. */
export type Batch = Omit<BatchRow, "recipients">;

const shown = { omit: { recipients: true } } as const;

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

export async function getBatch(db: Database, tenantId: TenantId, id: string): Promise<Batch> {
  const row = await db
    .forTenant(tenantId)
    .notificationBatch.findUnique({ where: { tenantId_id: { tenantId, id } }, ...shown });
  if (!row) throw new DomainError("not_found");
  return row;
}

/** Newest first, by their id. */
export async function pageBatches(
  db: Database,
  tenantId: TenantId,
  status: string | undefined,
  page: Page,
): Promise<{ rows: Batch[]; total: number }> {
  const { notificationBatch } = db.forTenant(tenantId);
  const where = { tenantId, ...(status === undefined ? {} : { status }) };
  const [rows, total] = await Promise.all([
    notificationBatch.findMany({ where, orderBy: { id: "desc" }, skip: page.offset, take: page.pageSize, ...shown }),
    notificationBatch.count({ where }),
  ]);
  return { rows, total };
}

/** The batch's row to this transaction alone; nothing when it is gone, or another worker has it. */
export async function claimBatch(tx: TenantTransaction, tenantId: TenantId, id: string): Promise<Batch | undefined> {
  const [got] = await tx.$queryRaw<{ id: string }[]>`
    select id from notification_batches where tenant_id = ${tenantId} and id = ${id}::uuid for update skip locked`;
  if (!got) return undefined;
  return tx.notificationBatch.findUniqueOrThrow({ where: { tenantId_id: { tenantId, id } }, ...shown });
}

/** Those whose turn is next, at most `limit`. */
export async function nextRecipients(
  tx: TenantTransaction,
  tenantId: TenantId,
  { id, audience, audienceId, done, cursor }: Batch,
  limit: number,
): Promise<string[]> {
  const rows =
    audience === "users"
      ? await tx.$queryRaw<{ u: string }[]>`
          select unnest(recipients[${done + 1}::int : ${done + limit}::int]) as u from notification_batches
          where tenant_id = ${tenantId} and id = ${id}::uuid`
      : await tx.$queryRaw<{ u: string }[]>`
          select u from next_recipients_v1(${tenantId}, ${audience}, ${audienceId}, ${cursor ?? ""}, ${limit}::int) as u`;
  return rows.map(({ u }) => u);
}

export interface StepRow {
  id: string;
  userId: string;
  filed: boolean;
  scheduledFor?: string | undefined;
}

/** Makes a step's notifications, with their events; the head is held from here to the commit. */
export async function insertStep(
  tx: TenantTransaction,
  tenantId: TenantId,
  batch: Pick<Batch, "id" | "content" | "scheduledLocal">,
  rows: StepRow[],
  now: Date,
): Promise<LogEvent[]> {
  const input = rows.map(({ id, userId, filed, scheduledFor }) => ({
    i: id,
    u: userId,
    c: 0,
    s: scheduledFor,
    l: batch.scheduledLocal ?? undefined,
    b: batch.id,
    f: filed,
  }));
  const made = await tx.$queryRaw<{ pos: bigint | null; payload: StoredNotification; at: Date; ord: number }[]>`
    select ord, pos, payload, at from create_notifications_v1(${tenantId}, ${JSON.stringify(input)}::json,
      ${JSON.stringify([batch.content])}::json, ${now})`;
  return made
    .flatMap(({ pos, payload, at, ord }) =>
      pos === null
        ? []
        : [toCreatedEvent(tenantId, { pos: Number(pos), payload, at, filed: rows[ord - 1]?.filed ?? false })],
    )
    .sort((a, b) => a.position - b.position);
}

/** Notes how far a batch is, and when it goes on. Locks the head, where the step has not. */
export async function noteStep(
  tx: TenantTransaction,
  tenantId: TenantId,
  id: string,
  step: { done: number; cursor?: string | undefined; finished: boolean; now: Date },
): Promise<void> {
  const { done, cursor, finished, now } = step;
  await tx.notificationBatch.update({
    where: { tenantId_id: { tenantId, id } },
    data: {
      done,
      attempts: 0,
      error: null,
      status: finished ? "done" : "running",
      dueAt: finished ? null : now,
      ...(cursor === undefined ? {} : { cursor }),
      ...(finished ? { total: done, recipients: [], finishedAt: now } : {}),
    },
  });
  await tx.$executeRaw`select lock_head_v1(${tenantId})`;
  await settleDues(tx, tenantId);
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
    data: { error, attempts, dueAt: again, ...(again ? {} : { status: "failed", finishedAt: now, recipients: [] }) },
  });
  await lockHead();
  await settleDues(tx, tenantId);
}

/** Ends a batch, and takes back what of it is not there yet. Throws `not_found`, `conflict`. */
export async function cancelBatch({ tx, lockHead }: Work, tenantId: TenantId, id: string, now: Date): Promise<Batch> {
  const { count } = await tx.notificationBatch.updateMany({
    where: { tenantId, id, status: { in: ["running", "scheduled"] } },
    data: { status: "cancelled", dueAt: null, finishedAt: now, recipients: [] },
  });
  const row = await tx.notificationBatch.findUnique({ where: { tenantId_id: { tenantId, id } }, ...shown });
  if (!row) throw new DomainError("not_found");
  await lockHead();
  const waiting = { tenantId, batchId: id, status: "scheduled" };
  const { count: taken } = await tx.notification.updateMany({ where: waiting, data: { status: "cancelled" } });
  if (count === 0 && taken === 0 && row.status !== "cancelled")
    throw new DomainError("conflict", { detail: "It has reached everybody already" });
  await settleDues(tx, tenantId);
  return row;
}

/** Ids of a tenant's batches that are due. */
export async function findDueBatches(db: Database, tenantId: TenantId, now: number): Promise<string[]> {
  const rows = await db.forTenant(tenantId).notificationBatch.findMany({
    where: { tenantId, dueAt: { lte: new Date(now) } },
    orderBy: { dueAt: "asc" },
    take: 20,
    select: { id: true },
  });
  return rows.map(({ id }) => id);
}
