import type { Principal, TenantId } from "../../auth/principal.ts";
import { DomainError } from "../../errors.ts";
import { newId } from "../../ids.ts";
import type { Span } from "../../persistence/cursor-form.ts";
import type { Database } from "../../persistence/database.ts";
import type { Task as TaskRow } from "../../persistence/generated/client.ts";
import { enqueueJobs } from "../../persistence/jobs.ts";
import type { TenantTransaction } from "../../persistence/prisma.ts";
import { byTime, type TimeCursor } from "../../persistence/time-cursor.ts";
import { maxKeptBytes, maxUnfinished, type TaskKind } from "./schema.ts";

const unfinished = { in: ["waiting", "running"] };

/** Writes down long work and has a worker begin it. Throws conflict when too much is under way or kept already. */
export async function startTask(
  tx: TenantTransaction,
  tenantId: TenantId,
  task: { kind: TaskKind; subject: string; startedBy: string },
): Promise<TaskRow> {
  await lockTasks(tx, tenantId);
  const waiting = await tx.task.count({ where: { tenantId, status: unfinished } });
  if (waiting >= maxUnfinished)
    throw new DomainError("conflict", { detail: `${waiting} tasks are under way; wait for one or cancel one` });
  if ((await countKeptBytes(tx, tenantId)) > maxKeptBytes)
    throw new DomainError("conflict", { detail: "The exports that are kept are 4 GiB; delete some" });
  const row = await tx.task.create({ data: { tenantId, id: newId(), ...task } });
  await enqueueTask(tx, tenantId, row.id);
  return row;
}

/** What the exports of a tenant hold together, those that are being written too. */
export async function countKeptBytes(client: TenantTransaction, tenantId: TenantId): Promise<number> {
  const { _sum } = await client.task.aggregate({ where: { tenantId }, _sum: { bytes: true } });
  return Number(_sum.bytes ?? 0);
}

/** Starts of a tenant come one after the other, so that each counts those before it. Hand-written SQL: Prisma has no lock of this kind. */
async function lockTasks(tx: TenantTransaction, tenantId: TenantId): Promise<void> {
  const name = JSON.stringify([tenantId, "tasks"]);
  await tx.$executeRaw`select pg_advisory_xact_lock(hashtextextended(${name}, 0))`;
}

/** Has a worker go on with a task. */
export function enqueueTask(tx: TenantTransaction, tenantId: TenantId, taskId: string): Promise<void> {
  return enqueueJobs(tx, [{ task: "task", payload: { tenantId, taskId }, key: `task:${tenantId}:${taskId}` }]);
}

/** As the audit log names whoever asks. */
export function starterOf({ person, keyId, userId }: Principal): string {
  return person?.email ?? userId ?? (keyId === undefined ? "" : `key ${keyId}`);
}

/** Throws not_found. */
export async function getTask(tx: TenantTransaction, tenantId: TenantId, id: string): Promise<TaskRow> {
  const row = await tx.task.findUnique({ where: { tenantId_id: { tenantId, id } } });
  if (!row) throw new DomainError("not_found");
  return row;
}

/** Newest first. */
export async function listTasks(
  db: Database,
  tenantId: TenantId,
  filter: { kind?: string | undefined; status?: string | undefined; subject?: string | undefined },
  span: Span<TimeCursor>,
): Promise<TaskRow[]> {
  const { bounds, orderBy, take, arrange } = byTime(span, { at: "createdAt", id: "id" });
  const where = { tenantId, ...filter, AND: bounds };
  return arrange(await db.forTenant(tenantId).task.findMany({ where, orderBy, take }));
}

/** A part of a file, from 1. Throws not_found. */
export async function getTaskPart(
  db: Database,
  tenantId: TenantId,
  { taskId, number }: { taskId: string; number: number },
): Promise<string> {
  const id = { tenantId, taskId, number };
  const part = await db.forTenant(tenantId).taskPart.findUnique({ where: { tenantId_taskId_number: id } });
  if (!part) throw new DomainError("not_found");
  return part.body;
}

/** Ends a task that is not over; what it wrote goes. False when it is over, or is one that may not be left half done. */
export async function cancelTask(tx: TenantTransaction, tenantId: TenantId, id: string): Promise<boolean> {
  const { count } = await tx.task.updateMany({
    where: { tenantId, id, OR: [{ status: "waiting" }, { status: "running", kind: { not: "erase-user" } }] },
    data: { status: "cancelled", finishedAt: new Date(), lines: 0, bytes: 0, parts: 0 },
  });
  if (count > 0) await tx.taskPart.deleteMany({ where: { tenantId, taskId: id } });
  return count > 0;
}

/** Takes out a task that is over, with its file. False when it is not over. */
export async function removeTask(tx: TenantTransaction, tenantId: TenantId, id: string): Promise<boolean> {
  const { count } = await tx.task.deleteMany({ where: { tenantId, id, status: { notIn: unfinished.in } } });
  if (count > 0) await tx.taskPart.deleteMany({ where: { tenantId, taskId: id } });
  return count > 0;
}

/** Takes out tasks that ended before, or of their files so many parts that it has to be called again; returns how many, at most `limit`. */
export async function retainTasks(db: Database, tenantId: TenantId, before: Date, limit: number): Promise<number> {
  const client = db.forTenant(tenantId);
  const where = { tenantId, finishedAt: { lt: before } };
  const ids = (await client.task.findMany({ where, select: { id: true }, take: limit })).map(({ id }) => id);
  if (ids.length === 0) return 0;
  const { count } = await client.taskPart.deleteMany({ where: { tenantId, taskId: { in: ids } }, limit });
  if (count === limit) return limit;
  return (await client.task.deleteMany({ where: { tenantId, id: { in: ids } } })).count;
}
