import type { MemberChat, Role } from "./schema.ts";

/** In an open chat every member adds, removes and renames; in a moderated or frozen one its owner and moderators do. */
export function canManage(chat: Pick<MemberChat, "policy" | "frozen" | "role">): boolean {
  return isOpen(chat) || isModerator(chat.role);
}

/** Who froze a chat must not be removed by those who are bound by it. */
function isOpen(chat: Pick<MemberChat, "policy" | "frozen">): boolean {
  return chat.policy === "open" && !chat.frozen;
}

/** A moderator who could remove the owner would inherit a moderated chat. */
export function canRemoveOwner(chat: Pick<MemberChat, "policy" | "frozen" | "role">): boolean {
  return isOpen(chat) || chat.role === "owner";
}

export function isModerator(role: Role): boolean {
  return role === "owner" || role === "moderator";
}

/** Who may freeze a chat or change its policy: those who would be bound by it may not. */
export function canGovern(chat: Pick<MemberChat, "role">, admin: boolean): boolean {
  return admin || isModerator(chat.role);
}

/** In a chat of two nobody is over the other, not even who made it: only an Admin freezes it, mutes there or gives it rules. */
export function canBind(chat: Pick<MemberChat, "kind">, admin: boolean): boolean {
  return admin || chat.kind !== "direct";
}

export function canDelete(chat: Pick<MemberChat, "role">): boolean {
  return chat.role === "owner";
}
