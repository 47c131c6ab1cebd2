import { z } from "zod";

export const role = z.enum(["owner", "moderator", "member"]);

export const memberSchema = z
  .object({
    userId: z.string(),
    role,
    joinedAt: z.string(),
    lastReadSeq: z.number().int(),
    mutedUntil: z.string().optional(),
    user: z.object({ userId: z.string(), displayName: z.string().nullable(), avatarUrl: z.string().nullable() }),
  })
  .meta({ id: "Member" });
