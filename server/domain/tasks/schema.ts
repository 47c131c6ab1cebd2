import { z } from "zod";
import type { Task as TaskRow } from "../../persistence/generated/client.ts";

export const taskKinds = z.enum(["export-chat", "export-user", "erase-user"]);
export const taskStates = z.enum(["waiting", "running", "done", "failed", "cancelled"]);

export type TaskKind = z.output<typeof taskKinds>;

/** A finished task, and with it the file of an export, is kept for so long. */
export const keptForDays = 7;

/** Of text that one export may grow to; more fails with a word. */
export const maxExportBytes = 1024 ** 3;

/** Tasks of a tenant that wait or run at a time, and what its exports may hold together. */
export const maxUnfinished = 10;
export const maxKeptBytes = 4 * maxExportBytes;

export const taskSchema = z
  .object({
    taskId: z.string(),
    kind: taskKinds,
    subject: z.string().describe("The chat's or the user's id"),
    status: taskStates,
    progress: z.object({
      done: z.number().int().describe("Rows looked at"),
      total: z.number().int().describe("As counted at its start"),
    }),
    file: z
      .object({
        name: z.string(),
        lines: z.number().int(),
        bytes: z.number().int(),
        parts: z.number().int().describe("To be downloaded one by one"),
      })
      .optional()
      .describe("Of an export that is done"),
    error: z.string().optional().describe("What went wrong the last time"),
    startedBy: z.string(),
    createdAt: z.string(),
    startedAt: z.string().optional(),
    finishedAt: z.string().optional(),
    expiresAt: z.string().optional().describe("It and its file are gone from then on"),
  })
  .meta({ id: "Task" });

export function presentTask(row: TaskRow): z.input<typeof taskSchema> {
  const { id, kind, subject, status, done, total, error, startedBy, createdAt, startedAt, finishedAt } = row;
  const isDone = status === "done";
  const file = { name: fileName(row), lines: row.lines, bytes: Number(row.bytes), parts: row.parts };
  return {
    taskId: id,
    kind: kind as TaskKind,
    subject,
    status: status as z.input<typeof taskStates>,
    progress: isDone ? { done: Math.max(done, total), total: Math.max(done, total) } : { done, total },
    ...(isDone && kind !== "erase-user" ? { file } : {}),
    ...(error === null ? {} : { error }),
    startedBy,
    createdAt: createdAt.toISOString(),
    ...(startedAt ? { startedAt: startedAt.toISOString() } : {}),
    ...(finishedAt ? { finishedAt: finishedAt.toISOString(), expiresAt: expiryOf(finishedAt).toISOString() } : {}),
  };
}

function expiryOf(finishedAt: Date): Date {
  return new Date(finishedAt.getTime() + keptForDays * 24 * 60 * 60 * 1000);
}

/** Says what it is of, in letters that every file system takes. */
export function fileName({ kind, subject }: Pick<TaskRow, "kind" | "subject">): string {
  return `${kind.replace("export-", "")}-${subject.replace(/[^A-Za-z0-9._-]+/g, "-").slice(0, 80)}.jsonl`;
}
