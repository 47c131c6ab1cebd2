import { z } from "zod";
import { text } from "../../schema.ts";

export const topicId = text(100)
  .regex(/^[A-Za-z0-9][A-Za-z0-9._:-]*$/, "must be letters, digits and . _ : -")
  .describe("Your own id of the topic");

export const topicSchema = z
  .object({ id: z.string(), name: z.string(), subscribers: z.number().int(), createdAt: z.string() })
  .meta({ id: "Topic" });

export const subscriberSchema = z.object({
  userId: z.string(),
  displayName: z.string().optional().describe("As the subscriber's profile has it"),
  createdAt: z.string(),
});

export function presentSubscriber(
  { userId, createdAt }: { userId: string; createdAt: Date },
  displayName: string | undefined,
) {
  return { userId, displayName, createdAt: createdAt.toISOString() };
}

export function presentTopic(row: { id: string; name: string; createdAt: Date }, subscribers: number) {
  return { id: row.id, name: row.name, subscribers, createdAt: row.createdAt.toISOString() };
}
