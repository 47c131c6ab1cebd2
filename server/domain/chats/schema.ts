import { z } from "zod";
import { messageSchema } from "../messages/schema.ts";

export const chatSchema = z
  .object({
    id: z.string(),
    name: z.string(),
    createdAt: z.string(),
    createdBy: z.string(),
    memberCount: z.number().int(),
    kind: z.enum(["group", "direct"]),
    policy: z.enum(["open", "moderated"]),
    frozen: z.boolean(),
    metadata: z.record(z.string(), z.unknown()),
    lastSeq: z.number().int(),
    lastMessage: messageSchema.optional(),
    unreadCount: z.number().int().optional().describe("Exact from 0 to 99; 100 means more"),
    lastReadSeq: z.number().int().optional(),
    role: z.enum(["owner", "moderator", "member"]).optional().describe("The caller's"),
    mutedUntil: z.string().optional().describe("Until when the caller may not write"),
    notifications: z
      .object({ mute: z.enum(["none", "all", "except-mentions"]), until: z.string().optional() })
      .optional(),
  })
  .meta({ id: "Chat" });

export type Chat = z.infer<typeof chatSchema>;
export type Role = "owner" | "moderator" | "member";
export type Policy = "open" | "moderated";
export type Mute = "none" | "all" | "except-mentions";

/** A chat without anything of one member, before it is shown. */
export interface PublicChat {
  id: string;
  kind: "group" | "direct";
  name: string | null;
  policy: Policy;
  frozen: boolean;
  metadata: Record<string, unknown>;
  createdBy: string;
  createdAt: Date;
  lastSeq: number;
  memberCount: number;
}

/** A chat as one of its members sees it, before it is shown. */
export interface MemberChat extends PublicChat {
  lastMessageId: string | null;
  activeAt: Date;
  role: Role;
  lastReadSeq: number;
  mutedUntil: Date | null;
  notifyMute: Mute;
  notifyUntil: Date | null;
  unread: number;
}
