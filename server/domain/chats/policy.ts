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

export function canDelete(chat: Pick<MemberChat, "role">): boolean {
  return chat.role === "owner";
}
