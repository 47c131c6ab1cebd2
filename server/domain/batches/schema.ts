import { z } from "zod";
import type { NotificationBatch as BatchRow } from "../../persistence/generated/client.ts";

export const audiences = ["users", "topic", "chat", "everyone"] as const;
export type Audience = (typeof audiences)[number];

export const batchSchema = z
  .object({
    id: z.string(),
    batchId: z.string().describe("The same as id"),
    status: z.enum(["scheduled", "running", "done", "cancelled", "failed"]),
    audience: z.enum(audiences),
    topic: z.string().optional(),
    chatId: z.string().optional(),
    subject: z.string(),
    type: z.string(),
    total: z.number().int().describe("Recipients; counted anew at the end where the audience may grow or shrink"),
    done: z.number().int().describe("Recipients reached; with scheduledForLocal also those whose hour is yet to come"),
    scheduledFor: z.string().optional(),
    scheduledForLocal: z.string().optional(),
    error: z.string().optional().describe("Why its last step failed"),
    createdAt: z.string(),
    finishedAt: z.string().optional(),
  })
  .meta({ id: "NotificationBatch" });

export type Batch = z.infer<typeof batchSchema>;

export function presentBatch(row: Omit<BatchRow, "recipients">): Batch {
  const content = row.content as { subject: string; type: string };
  return {
    id: row.id,
    batchId: row.id,
    status: row.status as Batch["status"],
    audience: row.audience as Audience,
    ...(row.audience === "topic" && row.audienceId !== null ? { topic: row.audienceId } : {}),
    ...(row.audience === "chat" && row.audienceId !== null ? { chatId: row.audienceId } : {}),
    subject: content.subject,
    type: content.type,
    total: row.total,
    done: row.done,
    ...(row.scheduledFor ? { scheduledFor: row.scheduledFor.toISOString() } : {}),
    ...(row.scheduledLocal === null ? {} : { scheduledForLocal: row.scheduledLocal }),
    ...(row.error === null ? {} : { error: row.error }),
    createdAt: row.createdAt.toISOString(),
    ...(row.finishedAt ? { finishedAt: row.finishedAt.toISOString() } : {}),
  };
}
