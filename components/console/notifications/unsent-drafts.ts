import { LeaveQuestion } from "../leave-question.ts";
import { OnceKeys } from "../once-keys.ts";
import type { Draft } from "./draft.ts";

/** The same draft is sent once, however often that is pressed: also after an answer that was lost, or while the next page comes. */
export interface KeyedDraft {
  draft: Draft;
  readonly idempotencyKey: string;
}

/** Its key is made when it is sent: of all that is typed on the way there, none is kept. */
export function keyed(draft: Draft, keys = new OnceKeys()): KeyedDraft {
  let key: string | undefined;
  return {
    draft,
    get idempotencyKey() {
      key ??= keys.of(draft);
      return key;
    },
  };
}

/**
 * What somebody has written and not sent, by the address at which they write. It is there again when they come back to it from another
 * page; the browser asks before it closes or loads what would lose it.
 */
export class UnsentDrafts {
  readonly #of = new Map<string, KeyedDraft>();
  /** By place, until something of it is sent: a change that is taken back is the draft that it was. */
  readonly #keys = new Map<string, OnceKeys>();
  readonly #listeners = new Set<() => void>();
  readonly #question = new LeaveQuestion();

  readonly listen = (listener: () => void): (() => void) => {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  };

  /** Undefined where nothing is written. */
  find(place: string): KeyedDraft | undefined {
    return this.#of.get(place);
  }

  /** @param empty What stands there before anything is written. */
  change(place: string, empty: Draft, change: Partial<Draft>): void {
    const draft = { ...(this.#of.get(place)?.draft ?? empty), ...change };
    this.put(place, JSON.stringify(draft) === JSON.stringify(empty) ? undefined : keyed(draft, this.#keysOf(place)));
  }

  /** Sent, wherever whoever wrote it is by now: what was written since then stays. */
  sent(place: string, { idempotencyKey }: KeyedDraft): void {
    if (this.#of.get(place)?.idempotencyKey === idempotencyKey) this.put(place, undefined);
    this.#keys.delete(place);
  }

  put(place: string, draft: KeyedDraft | undefined): void {
    if (draft) this.#of.set(place, draft);
    else this.#of.delete(place);
    this.#question.askWhile(this.#of.size > 0);
    for (const listener of this.#listeners) listener();
  }

  #keysOf(place: string): OnceKeys {
    const keys = this.#keys.get(place) ?? new OnceKeys();
    this.#keys.set(place, keys);
    return keys;
  }
}

/** Of this tab, until it loads another document. */
export const unsentDrafts = new UnsentDrafts();
