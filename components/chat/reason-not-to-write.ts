import type { Chat } from "../../client/types.ts";

/** What is said in the place of the box; undefined where one may write. */
export function reasonNotToWrite({ frozen, role, mutedUntil }: Chat, isMuteOver: boolean): string | undefined {
  if (frozen && role === "member") return "This chat is frozen: only its owner and moderators write.";
  return mutedUntil && !isMuteOver ? `You are muted here until ${new Date(mutedUntil).toLocaleString()}.` : undefined;
}
