/** Rows of a step while others write: it holds the tenant's head for a few milliseconds, and every chat of the tenant waits for that. */
const smallStep = 100;
/** Where others write meanwhile, a rest of so many times what a step took: who works in steps takes a fifth of the head's time from them. */
const restAfterStep = 4;

/** Who is alone takes ever larger steps; where the log has grown meanwhile somebody else writes, and gets most of the time. */
export class Pace {
  /**
   * And while nobody else does: some sixty milliseconds, which whoever begins to write then waits for once. Each step costs a commit and two
   * turns of the processor beside its rows.
   */
  static readonly most = 2500;
  size = smallStep;
  alone = true;
  /** Before the next step, in ms */
  rest = 0;
  private left: number | undefined;

  /** Takes where the log was before a step, how many events it appended, and how long it held the head, at most, in ms. */
  next({ position, count, took }: { position: number; count: number; took: number }): void {
    this.alone = this.left === undefined || this.left === position;
    this.left = position + count;
    this.size = this.alone ? Math.min(this.size * 5, Pace.most) : smallStep;
    this.rest = this.alone ? 0 : took * restAfterStep;
  }
}
