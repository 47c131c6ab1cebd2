import type { Answers } from "../trpc.ts";

type TenantChat = Answers["adminChats"]["list"]["data"][number];

/** What a chat is called where it has no name: by who is in it. */
export function chatName({
  name,
  members,
  memberCount,
  names,
}: Pick<TenantChat, "name" | "members" | "memberCount" | "names">): string {
  if (name !== "") return name;
  if (members.length === 0) return "Nobody is in it";
  const more = memberCount - members.length;
  return members.map((userId) => names[userId] ?? userId).join(", ") + (more > 0 ? ` and ${more} more` : "");
}
