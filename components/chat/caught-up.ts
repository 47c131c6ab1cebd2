import type { State } from "../../client/state.ts";

/** How far each chat goes that one is in. */
export function seenOf({ chats }: Pick<State, "chats">): Readonly<Record<string, number>> {
  return Object.fromEntries(Object.entries(chats).map(([id, { chat }]) => [id, chat.lastSeq]));
}

/** Messages that came since; of a chat that one has come into or left meanwhile none was missed. */
export function caughtUp(before: Readonly<Record<string, number>>, now: Readonly<Record<string, number>>): number {
  return Object.entries(before).reduce((sum, [id, seq]) => sum + Math.max(0, (now[id] ?? seq) - seq), 0);
}
