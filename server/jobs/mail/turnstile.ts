/** One at a time, in order of arrival. */
export class Turnstile {
  private last: Promise<void> = Promise.resolve();

  /** A place in line, which is taken when the turn begins. */
  turn(): Turn {
    return new Turn((wait) => {
      const before = this.last;
      this.last = wait;
      return before;
    });
  }
}

export class Turn {
  private over = false;
  private done: (() => void) | undefined;
  private readonly line: (wait: Promise<void>) => Promise<void>;

  constructor(line: (wait: Promise<void>) => Promise<void>) {
    this.line = line;
  }

  /** Waits for those before; false when the turn was ended meanwhile. */
  async begin(): Promise<boolean> {
    const before = this.line(
      new Promise<void>((resolve) => {
        this.done = resolve;
      }),
    );
    await before;
    if (this.over) this.done?.();
    return !this.over;
  }

  /** Lets the next one go. */
  end(): void {
    if (this.over) return;
    this.over = true;
    this.done?.();
  }
}
