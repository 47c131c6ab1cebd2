import type { ChatState } from "../../client/chat-state.ts";
import type { State } from "../../client/state.ts";

/** How far each chat goes that one is in. */
export function seenOf({ chats }: Pick<State, "chats">): Readonly<Record<string, number>> {
  return Object.fromEntries(Object.entries(chats).map(([id, { chat }]) => [id, chat.lastSeq]));
}

/** Messages of others that came since; of a chat that one has come into or left meanwhile none was missed. */
export function caughtUp(before: Readonly<Record<string, number>>, { chats }: Pick<State, "chats">): number {
  return Object.entries(before).reduce((sum, [id, seq]) => {
    const state = chats[id];
    return state ? sum + Math.max(0, state.chat.lastSeq - seq - ownSince(state, seq)) : sum;
  }, 0);
}

/** What one wrote without a line goes out as soon as there is one, and was not missed. */
function ownSince({ log }: ChatState, after: number): number {
  return log.messages.filter(({ seq, senderId }) => seq > after && senderId === log.me).length;
}
