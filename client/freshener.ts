import { fewAtOnce } from "./few-at-once.ts";

const GATHERED_FOR_MS = 250;
const FIRST_PAUSE_MS = 2_000;
const LONGEST_PAUSE_MS = 60_000;

/** Under a name of its own. */
export type Asking = readonly [name: string, ask: () => Promise<unknown>];

export interface FreshenerOptions {
  isLive: () => boolean;
  /** What is to be asked for just now. */
  stale: () => readonly Asking[];
}

/**
 * Asks again for what the events do not say enough of: once for a burst, and only while the line is there. What fails rests, ever longer,
 * as does what is overtaken by news time and again.
 */
export class Freshener {
  readonly #options: FreshenerOptions;
  /** By name, how long it last rested. */
  readonly #pauses = new Map<string, number>();
  readonly #resting = new Map<string, ReturnType<typeof setTimeout>>();
  #timer: ReturnType<typeof setTimeout> | undefined;
  #busy = false;

  constructor(options: FreshenerOptions) {
    this.#options = options;
  }

  /** Call when something may have become stale. */
  watch(): void {
    if (this.#timer !== undefined || this.#busy || this.#due().length === 0) return;
    this.#timer = setTimeout(() => void this.#ask(), GATHERED_FOR_MS);
  }

  /** The line is back: nothing rests any longer. */
  anew(): void {
    this.close();
    this.watch();
  }

  close(): void {
    for (const timer of [this.#timer, ...this.#resting.values()]) clearTimeout(timer);
    this.#timer = undefined;
    this.#resting.clear();
    this.#pauses.clear();
  }

  #due() {
    const { isLive, stale } = this.#options;
    return isLive() ? stale().filter(([name]) => !this.#resting.has(name)) : [];
  }

  async #ask(): Promise<void> {
    this.#timer = undefined;
    this.#busy = true;
    const { isLive } = this.#options;
    const asked = this.#due();
    const failed = new Set<string>();
    const jobs = asked.map(([name, ask]) => async () => {
      if (isLive()) await ask().catch(() => failed.add(name));
    });
    await fewAtOnce(jobs);
    this.#busy = false;
    const due = new Set(this.#due().map(([name]) => name));
    for (const [name] of asked) {
      if (!due.has(name)) this.#pauses.delete(name);
      // To be overtaken once may be chance, and is made up for at once.
      else if (failed.has(name) || this.#pauses.has(name)) this.#rest(name);
      else this.#pauses.set(name, 0);
    }
    this.watch();
  }

  #rest(name: string): void {
    const pause = Math.min(LONGEST_PAUSE_MS, 2 * (this.#pauses.get(name) ?? 0) || FIRST_PAUSE_MS);
    this.#pauses.set(name, pause);
    const end = () => {
      this.#resting.delete(name);
      // Settled meanwhile, it begins anew.
      if (!this.#due().some(([due]) => due === name)) this.#pauses.delete(name);
      this.watch();
    };
    this.#resting.set(name, setTimeout(end, pause));
  }
}
