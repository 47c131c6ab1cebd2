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
  readonly #failed = new Set<string>();
  /** What was due again as soon as it was answered. */
  readonly #overtaken = new Set<string>();
  #timer: ReturnType<typeof setTimeout> | undefined;
  #retry: ReturnType<typeof setTimeout> | undefined;
  #pause = FIRST_PAUSE_MS;
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
    this.#pause = FIRST_PAUSE_MS;
    this.watch();
  }

  close(): void {
    for (const timer of [this.#timer, this.#retry]) clearTimeout(timer);
    this.#timer = this.#retry = undefined;
    this.#failed.clear();
    this.#overtaken.clear();
  }

  #due() {
    const { isLive, stale } = this.#options;
    return isLive() ? stale().filter(([name]) => !this.#failed.has(name)) : [];
  }

  async #ask(): Promise<void> {
    this.#timer = undefined;
    this.#busy = true;
    const { isLive } = this.#options;
    const asked = this.#due();
    const jobs = asked.map(([name, ask]) => async () => {
      if (isLive()) await ask().catch(() => this.#failed.add(name));
    });
    await fewAtOnce(jobs);
    this.#busy = false;
    this.#restOvertaken(asked);
    if (this.#failed.size === 0) this.#pause = FIRST_PAUSE_MS;
    else if (isLive()) this.#rest();
    this.watch();
  }

  /** Once may be chance, and is made up for at once. */
  #restOvertaken(asked: readonly Asking[]): void {
    const due = new Set(this.#due().map(([name]) => name));
    for (const [name] of asked) {
      if (!due.has(name)) this.#overtaken.delete(name);
      else if (this.#overtaken.has(name)) this.#failed.add(name);
      else this.#overtaken.add(name);
    }
  }

  #rest(): void {
    if (this.#retry !== undefined) return;
    this.#retry = setTimeout(() => {
      this.#retry = undefined;
      this.#failed.clear();
      this.watch();
    }, this.#pause);
    this.#pause = Math.min(LONGEST_PAUSE_MS, this.#pause * 2);
  }
}
