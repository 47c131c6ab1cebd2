/** Lets so many in at once; others wait for their turn. */
export class Gate {
  private readonly waiting = new Set<() => void>();
  private free: number;

  constructor(places: number) {
    this.free = places;
  }

  /** Resolves with how to leave. Throws what `signal` aborts with, if that is before the turn. */
  async enter(signal?: AbortSignal): Promise<() => void> {
    if (this.free > 0) this.free--;
    else await this.turn(signal);
    let inside = true;
    return () => {
      if (inside) this.passOn();
      inside = false;
    };
  }

  private turn(signal: AbortSignal | undefined): Promise<void> {
    return new Promise((resolve, reject) => {
      const go = () => {
        signal?.removeEventListener("abort", giveUp);
        resolve();
      };
      const giveUp = () => {
        this.waiting.delete(go);
        reject(signal?.reason);
      };
      this.waiting.add(go);
      signal?.addEventListener("abort", giveUp, { once: true });
    });
  }

  private passOn(): void {
    const [next] = this.waiting;
    if (!next) this.free++;
    else {
      this.waiting.delete(next);
      next();
    }
  }
}
