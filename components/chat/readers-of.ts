import type { ChatState } from "../../client/chat-state.ts";
import { nameOf, type People } from "./names.ts";

/** Who else has read up to here. */
export function readersOf(reads: ChatState["reads"], seq: number, people: People): string[] {
  const readers = Object.entries(reads).filter(([, read]) => read >= seq);
  return readers.map(([userId]) => nameOf(people, userId));
}
