/** Lets so many in at once; others wait for their turn. */
export class Gate {
  private readonly waiting = new Set<() => void>();
  private readonly places: number;
  private free: number;

  constructor(places: number) {
    this.places = places;
    this.free = places;
  }

  get isEmpty(): boolean {
    return this.free === this.places;
  }

  /** Resolves with how to leave. Throws what `signal` aborts with, if that is before the turn. */
  async enter(signal?: AbortSignal): Promise<() => void> {
    signal?.throwIfAborted();
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

/** A gate at which no holder has more than so many of all places: what else a holder asks for waits behind its own, and keeps out nobody. */
export class SharedGate {
  private readonly all: Gate;
  private readonly each: number;
  private readonly own = new Map<string, Gate>();

  constructor({ all, each }: { all: number; each: number }) {
    this.all = new Gate(all);
    this.each = each;
  }

  /** As `Gate.enter`. */
  async enter(holder: string, signal?: AbortSignal): Promise<() => void> {
    const own = this.own.get(holder) ?? new Gate(this.each);
    this.own.set(holder, own);
    const leaveOwn = await own.enter(signal);
    try {
      const leaveAll = await this.all.enter(signal);
      return () => {
        leaveAll();
        this.leave(holder, leaveOwn);
      };
    } catch (error) {
      this.leave(holder, leaveOwn);
      throw error;
    }
  }

  private leave(holder: string, leaveOwn: () => void): void {
    leaveOwn();
    if (this.own.get(holder)?.isEmpty) this.own.delete(holder);
  }
}
