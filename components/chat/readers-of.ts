import type { ChatState } from "../../client/chat-state.ts";
import { nameOf, type People } from "./names.ts";

/** Who else has read up to here, in words. */
export function readersOf(chat: ChatState, seq: number, people: People): string {
  const readers = Object.entries(chat.reads).filter(([, read]) => read >= seq);
  if (readers.length > 2) return `${readers.length} people`;
  return readers.map(([userId]) => nameOf(people, userId)).join(" and ");
}
