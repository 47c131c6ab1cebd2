import type { ChatState } from "./chat-state.ts";
import type { LiveEvent, Person } from "./types.ts";

type People = Readonly<Record<string, Person>>;

/** Who writes or types, of whom the event says the id alone. */
export function namedBy({ type, data }: LiveEvent): string | undefined {
  return type === "message.created" || type === "typing" ? String(data.senderId ?? data.userId) : undefined;
}

/** It may be somebody whom this page knows nothing of. */
export function withStranger(chat: ChatState, people: People, userId: string | undefined): ChatState {
  if (userId === undefined || people[userId] || chat.strangers[userId]) return chat;
  return { ...chat, strangers: { ...chat.strangers, [userId]: "new" } };
}

/** They have been asked for: who is not known now is not asked for again. */
export function withAsked(chat: ChatState, userIds: readonly string[]): ChatState {
  const asked = Object.fromEntries(userIds.map((userId) => [userId, "asked" as const]));
  return { ...chat, strangers: { ...chat.strangers, ...asked } };
}

/** Those of a chat who are to be asked for. */
export function strangersOf({ strangers }: ChatState, people: People): string[] {
  return Object.keys(strangers).filter((userId) => strangers[userId] === "new" && !people[userId]);
}
