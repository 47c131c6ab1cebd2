import type { ChatState } from "../../client/chat-state.ts";

export function mutedUntil({ members, log }: ChatState): string | undefined {
  return members?.find(({ userId }) => userId === log.me)?.mutedUntil ?? undefined;
}

/** What is said in the place of the box; undefined where one may write. */
export function reasonNotToWrite(state: ChatState, isMuteOver: boolean): string | undefined {
  const { frozen, role } = state.chat;
  if (frozen && role === "member") return "This chat is frozen: only its owner and moderators write.";
  const until = mutedUntil(state);
  return until && !isMuteOver ? `You are muted here until ${new Date(until).toLocaleString()}.` : undefined;
}
