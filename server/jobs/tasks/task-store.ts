import type { TenantId } from "../../auth/principal.ts";
import { enqueueTask } from "../../domain/tasks/store.ts";
import type { Database } from "../../persistence/database.ts";
import type { Task as TaskRow } from "../../persistence/generated/client.ts";
import { tenantTransaction } from "../../persistence/prisma.ts";

/** A task that is to be worked; null when it is over or taken back. */
export async function findOpenTask(db: Database, tenantId: TenantId, id: string): Promise<TaskRow | null> {
  return db.forTenant(tenantId).task.findFirst({ where: { tenantId, id, status: { in: ["waiting", "running"] } } });
}

/** Notes that a task has begun. False when it was taken back meanwhile. */
export async function beginTask(db: Database, tenantId: TenantId, id: string, total: number): Promise<boolean> {
  const where = { tenantId, id, status: "waiting" };
  const data = { status: "running", startedAt: new Date(), total };
  return (await db.forTenant(tenantId).task.updateMany({ where, data })).count > 0;
}

export interface TaskStep {
  phase: number;
  cursor: string | null;
  done: number;
  /** Whole lines, as text. */
  bodies: string[];
  lines: number;
  bytes: number;
}

/** Moves a task on and writes what the step wrote, in one commit. Undefined when it is not there any more, or somebody else has made the step. */
export async function saveStep(
  db: Database,
  tenantId: TenantId,
  task: Pick<TaskRow, "id" | "phase" | "cursor" | "parts">,
  step: TaskStep,
): Promise<TaskRow | undefined> {
  const { id, phase, cursor } = task;
  const { bodies, ...moved } = step;
  return tenantTransaction(db.prisma, tenantId, async (tx) => {
    const [row] = await tx.task.updateManyAndReturn({
      where: { tenantId, id, status: "running", phase, cursor },
      data: {
        phase: moved.phase,
        cursor: moved.cursor,
        done: { increment: moved.done },
        lines: { increment: moved.lines },
        bytes: { increment: moved.bytes },
        parts: { increment: bodies.length },
        error: null,
      },
    });
    if (row && bodies.length > 0)
      await tx.taskPart.createMany({
        data: bodies.map((body, index) => ({ tenantId, taskId: id, number: task.parts + index + 1, body })),
      });
    return row;
  });
}

/** Ends a task that has come to its end, or that fails for good; then what it wrote goes. */
export async function endTask(db: Database, tenantId: TenantId, id: string, error?: string): Promise<void> {
  const failed = error !== undefined && { status: "failed", error, lines: 0, bytes: 0, parts: 0 };
  await tenantTransaction(db.prisma, tenantId, async (tx) => {
    const { count } = await tx.task.updateMany({
      where: { tenantId, id, status: failed ? { in: ["waiting", "running"] } : "running" },
      data: { finishedAt: new Date(), ...(failed || { status: "done", error: null }) },
    });
    if (failed && count > 0) await tx.taskPart.deleteMany({ where: { tenantId, taskId: id } });
  });
}

/** Notes what went wrong with a task that is tried again. */
export async function noteTaskFault(db: Database, tenantId: TenantId, id: string, error: string): Promise<void> {
  const where = { tenantId, id, status: { in: ["waiting", "running"] } };
  await db.forTenant(tenantId).task.updateMany({ where, data: { error } });
}

/** Has a worker go on with it, after the other jobs that wait. */
export function continueTask(db: Database, tenantId: TenantId, id: string): Promise<void> {
  return tenantTransaction(db.prisma, tenantId, (tx) => enqueueTask(tx, tenantId, id));
}
