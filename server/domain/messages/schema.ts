import { z } from "zod";
import { limits, metadata, userId } from "../../schema.ts";

/** A message as it stands in its events and is handed from layer to layer. */
export interface StoredMessage {
  id: string;
  chatId: string;
  seq: number;
  content: string;
  senderId: string;
  createdAt: string;
  editedAt?: string;
  deletedAt?: string;
  clientMessageId?: string;
  replyToId?: string;
  metadata: Record<string, unknown>;
  mentionUserIds?: string[];
}

export const messageSchema = z
  .object({
    id: z.string(),
    chatId: z.string(),
    seq: z.number().int().describe("1, 2, 3 … in the chat, in commit order, without gap or repeat"),
    content: z.string(),
    senderId: z.string(),
    createdAt: z.string(),
    editedAt: z.string().optional(),
    deletedAt: z.string().optional().describe("Set on a tombstone, whose content is empty"),
    clientMessageId: z.string().optional(),
    replyToId: z.string().optional(),
    mentionUserIds: z.array(z.string()).optional(),
    metadata: z.record(z.string(), z.unknown()),
    message: z.string().describe("The same as content"),
    senderUserId: z.string().describe("The same as senderId"),
    userId: z.string().describe("The same as senderId"),
    sentAt: z.string().describe("The same as createdAt"),
    timestamp: z.string().describe("The same as createdAt"),
  })
  .meta({ id: "Message" });

export type Message = z.infer<typeof messageSchema>;

/** Adds the spellings that clients of other systems look for. The only place that does. */
export function presentMessage(stored: StoredMessage): Message {
  return {
    ...stored,
    message: stored.content,
    senderUserId: stored.senderId,
    userId: stored.senderId,
    sentAt: stored.createdAt,
    timestamp: stored.createdAt,
  };
}

export const messageFields = {
  clientId: z
    .string()
    .max(200)
    .optional()
    .describe("The id of the sending page: its own connections get no event of this"),
  metadata: metadata.optional(),
  mentionUserIds: z
    .array(userId)
    .max(limits.mentions)
    .optional()
    .describe("Members to mention; who is none is left out, so that somebody's leaving refuses nobody's message"),
};
