import type { ChatRoom } from "../../client/chat-room.ts";

interface Known {
  /** What was written of corrections, by message. One that was not taken stays: whoever corrects that message again finds it. */
  readonly texts: Readonly<Record<string, string>>;
  /** Why the last one was not taken; "" for nothing to say. */
  readonly problem: string;
}

/** Outlives the box in which one writes: an answer may come when another chat is open, and one may come back. */
export class Corrections {
  /** Puts words into the box of the chat; undefined while another one is open. */
  putIn: ((text: string) => void) | undefined;
  #known: Known = { texts: {}, problem: "" };
  readonly #listeners = new Set<() => void>();

  readonly get = (): Known => this.#known;

  readonly listen = (listener: () => void) => {
    this.#listeners.add(listener);
    return () => void this.#listeners.delete(listener);
  };

  write(messageId: string, text: string): void {
    this.#be({ texts: { ...this.#known.texts, [messageId]: text } });
  }

  /** For one that was not taken: what is written of it anew is newer. */
  restore(messageId: string, text: string): void {
    this.#be({ texts: { [messageId]: text, ...this.#known.texts } });
  }

  forget(messageId: string): void {
    const { [messageId]: _, ...texts } = this.#known.texts;
    this.#be({ texts });
  }

  say(problem: string): void {
    this.#be({ problem });
  }

  #be(change: Partial<Known>): void {
    this.#known = { ...this.#known, ...change };
    for (const listener of this.#listeners) listener();
  }
}

const all = new WeakMap<ChatRoom, Corrections>();

export function correctionsOf(room: ChatRoom): Corrections {
  const known = all.get(room) ?? new Corrections();
  all.set(room, known);
  return known;
}
