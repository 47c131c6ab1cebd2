import { failureOf } from "../problem.ts";
import type { Answers, useTRPCClient } from "../trpc.ts";

type Client = { adminChats: Pick<ReturnType<typeof useTRPCClient>["adminChats"], "addMembers" | "updateMember"> };
type Member = Answers["adminChats"]["listMembers"]["data"][number];
type Removed = Answers["adminChats"]["removeMember"];

/**
 * Has somebody who was removed be in the chat as before: whoever is added is a plain member who may write. `owns` says that they own it
 * instead, because everybody has left it meanwhile.
 */
export async function restoreMember(
  { adminChats }: Client,
  { chatId, member, removed }: { chatId: string; member: Member; removed: Removed },
): Promise<{ owns: boolean }> {
  const { userId, role, mutedUntil } = member;
  const muted = mutedUntil === null ? {} : { mutedUntil };
  await adminChats.addMembers.mutate({ chatId, userIds: [userId] });
  let owns = false;
  try {
    await adminChats.updateMember.mutate({ chatId, userId, role, ...muted });
  } catch (error) {
    // The only owner is asked for: the first in an empty chat.
    if (failureOf(error).code !== "conflict") throw error;
    owns = true;
    if (mutedUntil !== null) await adminChats.updateMember.mutate({ chatId, userId, ...muted });
  }
  // Now that there is an owner again, whom the chat was passed on to is what they were.
  const { heir } = removed;
  if (heir) await adminChats.updateMember.mutate({ chatId, userId: heir.userId, role: heir.role });
  return { owns };
}
