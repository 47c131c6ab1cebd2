/** One at a time, in order of arrival. */
export class Turnstile {
  private last: Promise<void> = Promise.resolve();

  /**
   * A place in line, which is taken when the turn begins.
   * @param mayBegin throws when it has come too late
   */
  turn(mayBegin: () => void | Promise<void> = () => {}): Turn {
    const line = (wait: Promise<void>) => {
      const before = this.last;
      this.last = wait;
      return before;
    };
    return new Turn(line, mayBegin);
  }
}

export class Turn {
  private over = false;
  private begun = false;
  private done: (() => void) | undefined;
  private readonly line: (wait: Promise<void>) => Promise<void>;
  private readonly mayBegin: () => void | Promise<void>;

  constructor(line: (wait: Promise<void>) => Promise<void>, mayBegin: () => void | Promise<void>) {
    this.line = line;
    this.mayBegin = mayBegin;
  }

  /** Waits for those before; false when the turn was ended meanwhile. Throws what `mayBegin` throws. */
  async begin(): Promise<boolean> {
    const before = this.line(
      new Promise<void>((resolve) => {
        this.done = resolve;
      }),
    );
    await before;
    this.begun = true;
    if (this.over) this.done?.();
    else await this.mayBegin();
    return !this.over;
  }

  /** Lets the next one go; one that still waits does so when its turn comes, or two would be through at once. */
  end(): void {
    if (this.over) return;
    this.over = true;
    if (this.begun) this.done?.();
  }
}
