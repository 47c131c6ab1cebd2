import type { ChatState } from "./chat-state.ts";
import type { LiveEvent, Person } from "./types.ts";

type People = Readonly<Record<string, Person>>;

/** Who writes or types may be somebody whom this page knows nothing of: the event says their id alone. */
export function withStranger(chat: ChatState, people: People, { type, data }: LiveEvent): ChatState {
  if (type !== "message.created" && type !== "typing") return chat;
  const userId = String(data.senderId ?? data.userId);
  if (people[userId] || chat.strangers.includes(userId)) return chat;
  return { ...chat, strangers: [...chat.strangers, userId] };
}

/** They have been asked for: who is not known now is not asked for again. */
export function withoutStrangers(chat: ChatState, userIds: readonly string[]): ChatState {
  const asked = new Set(userIds);
  return { ...chat, strangers: chat.strangers.filter((userId) => !asked.has(userId)) };
}

/** Those of a chat who are to be asked for. */
export function strangersOf({ strangers }: ChatState, people: People): string[] {
  return strangers.filter((userId) => !people[userId]);
}
