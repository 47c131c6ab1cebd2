import type { TenantId } from "../../auth/principal.ts";
import { maxExportBytes, maxKeptBytes, type TaskKind } from "../../domain/tasks/schema.ts";
import { countKeptBytes } from "../../domain/tasks/store.ts";
import type { Step } from "../../log/planner.ts";
import type { Database } from "../../persistence/database.ts";
import type { Task as TaskRow } from "../../persistence/generated/client.ts";
import { chatFile } from "./chat-file.ts";
import { erasure } from "./erasure.ts";
import { personFile } from "./person-file.ts";
import type { FileLine, Plan } from "./plan.ts";
import { beginTask, continueTask, endTask, findOpenTask, noteTaskFault, saveStep } from "./task-store.ts";

/** A task works for so long, in ms, and lets others have their turn. */
const turn = 2000;
/** Of a part of a file, in bytes: an answer that holds one is small enough for every transport. */
const partBytes = 128 * 1024;

const plans: Record<TaskKind, Plan> = { "export-chat": chatFile, "export-user": personFile, "erase-user": erasure };

interface Context {
  db: Database;
  stopping: AbortSignal;
  step?: Step | undefined;
}

interface Job {
  tenantId: TenantId;
  taskId: string;
  /** It is not tried again after this. */
  last: boolean;
}

/**
 * Works a task for a while, from where its row says that it is; then has itself called again. A worker may die at any moment: the next one
 * goes on from the last step that was committed. Throws what a step throws: then the job is tried again, later each time.
 */
export async function runTask(context: Context, { tenantId, taskId, last }: Job): Promise<void> {
  const { db, stopping, step } = context;
  try {
    let task: TaskRow | undefined = await open(db, tenantId, taskId);
    const until = Date.now() + turn;
    while (task) {
      task = await makeStep(db, tenantId, task);
      await step?.("task: after a step");
      if (task && (stopping.aborted || Date.now() > until)) return await continueTask(db, tenantId, taskId);
    }
  } catch (error) {
    const words = error instanceof Error ? error.message.slice(0, 500) : String(error);
    if (last) await endTask(db, tenantId, taskId, words);
    else await noteTaskFault(db, tenantId, taskId, words);
    throw error;
  }
}

async function open(db: Database, tenantId: TenantId, taskId: string): Promise<TaskRow | undefined> {
  const task = await findOpenTask(db, tenantId, taskId);
  if (task?.status !== "waiting") return task ?? undefined;
  const total = await plans[task.kind as TaskKind].count({ db, tenantId, subject: task.subject });
  await beginTask(db, tenantId, taskId, total);
  return (await findOpenTask(db, tenantId, taskId)) ?? undefined;
}

/** Undefined when the task is over. */
async function makeStep(db: Database, tenantId: TenantId, task: TaskRow): Promise<TaskRow | undefined> {
  const part = plans[task.kind as TaskKind].parts[task.phase];
  if (!part) {
    await endTask(db, tenantId, task.id);
    return undefined;
  }
  const { lines = [], done, next } = await part({ db, tenantId, subject: task.subject }, task.cursor ?? undefined);
  const bodies = toBodies(lines);
  const bytes = bodies.reduce((sum, body) => sum + Buffer.byteLength(body), 0);
  const refusal = bytes > 0 ? await refuseBytes(db, tenantId, Number(task.bytes), bytes) : undefined;
  if (refusal) {
    await endTask(db, tenantId, task.id, refusal);
    return undefined;
  }
  const moved = next === undefined ? { phase: task.phase + 1, cursor: null } : { phase: task.phase, cursor: next };
  return saveStep(db, tenantId, task, { ...moved, done, bodies, lines: lines.length, bytes });
}

/** Why a file may not grow by so many bytes. Others grow at the same time: each may go over by a step of its own. */
async function refuseBytes(db: Database, tenantId: TenantId, written: number, bytes: number) {
  if (written + bytes > maxExportBytes) return "The file would be larger than 1 GiB";
  if ((await countKeptBytes(db.forTenant(tenantId), tenantId)) + bytes <= maxKeptBytes) return undefined;
  return "The exports that are kept would be larger than 4 GiB; delete some";
}

/** Lines as few texts, each of whole lines. */
function toBodies(lines: FileLine[]): string[] {
  const bodies: string[] = [];
  let body = "";
  for (const line of lines) {
    body += `${JSON.stringify(line, (_key, value) => (typeof value === "bigint" ? Number(value) : value))}\n`;
    if (body.length < partBytes) continue;
    bodies.push(body);
    body = "";
  }
  return body === "" ? bodies : [...bodies, body];
}
