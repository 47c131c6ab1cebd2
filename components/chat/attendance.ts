import type { Presence } from "../../client/types.ts";

/** Of what was not heard, because the service did not answer. */
const AGAIN_AFTER_MS = 5_000;

/** When somebody who is at this page has to say so, and when that they are not is to be said again. */
export class Attendance {
  #left = false;
  #isAwayKnown = false;
  #answered: Presence | undefined;
  #saidAt = Number.NEGATIVE_INFINITY;

  /** "Away" is said from here. */
  leave(): void {
    this.#left = true;
    this.#isAwayKnown = false;
  }

  /** The service has taken it. */
  awayHeard(): void {
    this.#isAwayKnown = true;
  }

  /**
   * The connection is back, by which the service takes the person for back: whether to say "away" again. Not where another page has taken
   * it back since it was heard: the person is there.
   */
  isStillAway(own: Presence | undefined): boolean {
    return this.#left && !(this.#isAwayKnown && own?.state === "online");
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
