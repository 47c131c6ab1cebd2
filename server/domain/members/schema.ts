import { z } from "zod";

export const role = z.enum(["owner", "moderator", "member"]);

const memberUser = z.object({
  userId: z.string(),
  displayName: z.string().nullable(),
  avatarUrl: z.string().nullable(),
});

/** Who a member is, as far as a profile says so. */
export function presentMemberUser(
  userId: string,
  user: { displayName: string | null; avatarUrl: string | null } | undefined,
): z.output<typeof memberUser> {
  return { userId, displayName: user?.displayName ?? null, avatarUrl: user?.avatarUrl ?? null };
}

/** A member to those who run the tenant. */
export const chatMemberSchema = z
  .object({
    userId: z.string(),
    role,
    joinedAt: z.string(),
    lastReadSeq: z.number().int(),
    mutedUntil: z.string().nullable(),
    user: memberUser,
  })
  .meta({ id: "ChatMember" });

export const memberSchema = z
  .object({
    userId: z.string(),
    role,
    joinedAt: z.string(),
    lastReadSeq: z.number().int(),
    mutedUntil: z.string().optional(),
    user: memberUser,
  })
  .meta({ id: "Member" });
