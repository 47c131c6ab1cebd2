import type { ChatState } from "../../client/chat-state.ts";
import type { State } from "../../client/state.ts";
import type { Person } from "../../client/types.ts";

export type People = State["people"];

/** The id is what there is of a person who has told no name. */
export function nameOf(people: People, userId: string): string {
  return people[userId]?.displayName || userId;
}

/** The other one of a direct chat; undefined while its members are not loaded. */
export function otherOf({ chat, members, log }: ChatState): Person | undefined {
  if (chat.kind !== "direct") return undefined;
  return members?.find(({ userId }) => userId !== log.me)?.user;
}

export function titleOf(state: ChatState, people: People): string {
  const other = otherOf(state);
  if (state.chat.name !== "") return state.chat.name;
  if (other) return nameOf(people, other.userId);
  return state.chat.kind === "direct" ? "Direct chat" : "Chat without a name";
}
