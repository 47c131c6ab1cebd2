/** More messages than may ever be under way in one chat. */
const ring = 4096;

/**
 * Who is to see what is said in one chat. Every socket gets the messages in order and once, so counting them per socket tells how
 * many have been seen by all.
 */
export class Audience {
  /** Messages that were said. */
  said = 0;
  /** Messages that all have seen. */
  seen = 0;
  deliveries = 0;
  onSeen: () => void = () => {};
  readonly size: number;
  private readonly counts: Uint32Array;
  private readonly reached = new Uint32Array(ring);

  constructor(size: number) {
    this.size = size;
    this.counts = new Uint32Array(size);
  }

  deliver(socket: number): void {
    this.deliveries++;
    const count = (this.counts[socket] ?? 0) + 1;
    this.counts[socket] = count;
    const at = count % ring;
    const reached = (this.reached[at] ?? 0) + 1;
    if (reached < this.size) {
      this.reached[at] = reached;
      return;
    }
    this.reached[at] = 0;
    this.seen = count;
    this.onSeen();
  }
}
