import { z } from "zod";
import type { Member, User } from "../../persistence/generated/client.ts";
import { type ChatPerson, chatPersonSchema } from "../users/schema.ts";

export const role = z.enum(["owner", "moderator", "member"]);

/** Who a member is, as far as a profile says so. */
export function presentMemberUser(
  userId: string,
  user: { displayName: string | null; avatarUrl: string | null } | undefined,
): ChatPerson {
  return { userId, displayName: user?.displayName ?? null, avatarUrl: user?.avatarUrl ?? null };
}

const furthestRead = z
  .number()
  .int()
  .describe("How far the member has read: marking messages unread does not take it back");

/** A member to those who run the tenant. */
export const chatMemberSchema = z
  .object({
    userId: z.string(),
    role,
    joinedAt: z.string(),
    lastReadSeq: furthestRead,
    mutedUntil: z.string().nullable(),
    user: chatPersonSchema,
  })
  .meta({ id: "ChatMember" });

export const memberSchema = z
  .object({
    userId: z.string(),
    role,
    joinedAt: z.string(),
    lastReadSeq: z
      .number()
      .int()
      .describe(
        "One's own read position; of others the furthest they have read, which marking unread does not take back",
      ),
    mutedUntil: z.string().optional(),
    user: chatPersonSchema,
  })
  .meta({ id: "Member" });

type MemberRow = Member & { user: User | undefined };

/** To a reader who is in the chat. */
export function presentMember(row: MemberRow, readerId: string): z.output<typeof memberSchema> {
  const { mutedUntil } = row;
  const own = row.userId === readerId ? { lastReadSeq: Number(row.lastReadSeq) } : {};
  const muted = mutedUntil && mutedUntil.getTime() > Date.now();
  return { ...presentEither(row), ...own, ...(muted ? { mutedUntil: mutedUntil.toISOString() } : {}) };
}

/** To those who run the tenant. */
export function presentChatMember(row: MemberRow): z.output<typeof chatMemberSchema> {
  return { ...presentEither(row), mutedUntil: row.mutedUntil?.toISOString() ?? null };
}

/** How far a member has read, as others see it: unread is a note to oneself. */
export function furthestReadOf({ lastReadSeq, setBackFrom }: Pick<Member, "lastReadSeq" | "setBackFrom">): number {
  return Math.max(Number(lastReadSeq), Number(setBackFrom));
}

function presentEither(row: MemberRow) {
  const { userId, role: itsRole, joinedAt, user } = row;
  return {
    userId,
    role: itsRole as z.output<typeof role>,
    joinedAt: joinedAt.toISOString(),
    lastReadSeq: furthestReadOf(row),
    user: presentMemberUser(userId, user),
  };
}
