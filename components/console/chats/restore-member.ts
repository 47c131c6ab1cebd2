import type { Answers, Inputs, useTRPCClient } from "../trpc.ts";

type Client = { adminChats: Pick<ReturnType<typeof useTRPCClient>["adminChats"], "addMembers"> };
type Member = Answers["adminChats"]["listMembers"]["data"][number];
type Removed = Answers["adminChats"]["removeMember"];
type Heir = NonNullable<Inputs["adminChats"]["addMembers"]["heir"]>;

/** By chat: who came back into it when it was empty, and so owns it until its owner is back. */
const standIns = new Map<string, Heir>();

/**
 * Has somebody who was removed be in the chat as before, in one call: at no moment may they do more. "owns" says that they own it instead,
 * because everybody has left it meanwhile; "present" that somebody else has added them, and they are left as they are.
 */
export async function restoreMember(
  { adminChats }: Client,
  { chatId, member, removed }: { chatId: string; member: Member; removed: Removed },
): Promise<"restored" | "owns" | "present"> {
  const { userId, role, mutedUntil } = member;
  const { added, memberCount } = await adminChats.addMembers.mutate({
    ...{ chatId, userIds: [userId], role },
    ...(mutedUntil === null ? {} : { mutedUntil }),
    // Whom the chat was passed on to is what they were, now that there is its owner again.
    heir: removed.heir ?? (removed.memberCount === 0 ? standIns.get(chatId) : undefined),
  });
  if (!added.includes(userId)) return "present";
  if (role === "owner") standIns.delete(chatId);
  if (role === "owner" || memberCount > 1) return "restored";
  standIns.set(chatId, { userId, role });
  return "owns";
}
