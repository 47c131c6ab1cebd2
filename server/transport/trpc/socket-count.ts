/** Open sockets by whom they count for: who could hold any number of them, could hold all that a node can. */
export class SocketCount {
  private readonly open = new Map<string, number>();
  private readonly most: number;

  /** @param most of one holder */
  constructor(most: number) {
    this.most = most;
  }

  /** Counts one in, and gives what counts it out, however often it is called; undefined when its holder has too many. */
  enter(holder: string): (() => void) | undefined {
    const count = this.open.get(holder) ?? 0;
    if (count >= this.most) return undefined;
    this.open.set(holder, count + 1);
    let counted = true;
    return () => {
      if (counted) this.leave(holder);
      counted = false;
    };
  }

  private leave(holder: string): void {
    const left = (this.open.get(holder) ?? 1) - 1;
    if (left > 0) this.open.set(holder, left);
    else this.open.delete(holder);
  }
}
