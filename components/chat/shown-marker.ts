const READ_AFTER_MS = 1_000;

/**
 * Marks what has been on the screen for a second as read, up to a message. By the clock and not by pauses: where a message comes every
 * moment there would be none.
 */
export class ShownMarker {
  private shown = 0;
  private timer: ReturnType<typeof setTimeout> | undefined;
  private readonly mark: (seq: number) => void;

  constructor(mark: (seq: number) => void) {
    this.mark = mark;
  }

  /** The newest message on the screen; 0 is none, or nobody looks. */
  show(seq: number): void {
    this.shown = seq;
    if (seq === 0) this.stop();
    else if (this.timer === undefined) this.watch(seq);
  }

  stop(): void {
    clearTimeout(this.timer);
    this.timer = undefined;
  }

  private watch(from: number): void {
    this.timer = setTimeout(() => {
      this.timer = undefined;
      const { shown } = this;
      // Who has gone back to older ones meanwhile has not seen the newer for so long.
      this.mark(Math.min(from, shown));
      if (shown > from) this.watch(shown);
    }, READ_AFTER_MS);
  }
}
