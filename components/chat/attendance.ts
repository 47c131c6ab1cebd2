import type { Presence } from "../../client/types.ts";

/** Of what was not heard, because the service did not answer. */
const AGAIN_AFTER_MS = 5_000;

/** When somebody who is at this page has to say so. */
export class Attendance {
  #left = false;
  #answered: Presence | undefined;
  #saidAt = Number.NEGATIVE_INFINITY;

  /** "Away" was said from here. */
  leave(): void {
    this.#left = true;
  }

  /** At a sign of the person: whether to say "online". What the service says of them is answered once, however often it is seen. */
  isDue(own: Presence | undefined, now: number): boolean {
    const isContradicted = own?.state === "away" && own !== this.#answered && now - this.#saidAt >= AGAIN_AFTER_MS;
    if (!this.#left && !isContradicted) return false;
    this.#left = false;
    this.#answered = own;
    this.#saidAt = now;
    return true;
  }

  /** What `isDue` was followed by was not heard. */
  unheard(): void {
    this.#answered = undefined;
  }
}
