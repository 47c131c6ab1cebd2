import { z } from "zod";
import type { Member, User } from "../../persistence/generated/client.ts";

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

type MemberRow = Member & { user: User | undefined };

/** To who is in the chat. */
export function presentMember(row: MemberRow): z.output<typeof memberSchema> {
  const { mutedUntil } = row;
  const muted = mutedUntil && mutedUntil.getTime() > Date.now();
  return { ...presentEither(row), ...(muted ? { mutedUntil: mutedUntil.toISOString() } : {}) };
}

/** To those who run the tenant. */
export function presentChatMember(row: MemberRow): z.output<typeof chatMemberSchema> {
  return { ...presentEither(row), mutedUntil: row.mutedUntil?.toISOString() ?? null };
}

function presentEither({ userId, role: itsRole, joinedAt, lastReadSeq, user }: MemberRow) {
  return {
    userId,
    role: itsRole as z.output<typeof role>,
    joinedAt: joinedAt.toISOString(),
    lastReadSeq: Number(lastReadSeq),
    user: presentMemberUser(userId, user),
  };
}
