import type { Chat, Member } from "../../client/types.ts";

type Standing = Pick<Chat, "kind" | "policy" | "frozen" | "role">;

/** As the service decides it: in an open chat every member adds, removes and renames, in a moderated or frozen one its owner and moderators. */
export function mayManage(chat: Standing): boolean {
  return chat.kind === "group" && (isOpen(chat) || chat.role !== "member");
}

export function mayRemove(chat: Standing, member: Pick<Member, "role">): boolean {
  return mayManage(chat) && (member.role !== "owner" || isOpen(chat) || chat.role === "owner");
}

function isOpen({ policy, frozen }: Standing): boolean {
  return policy === "open" && !frozen;
}
