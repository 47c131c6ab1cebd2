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

/** One socket's place: its address's until it is known whose it is. */
class SocketPlace {
  private left = false;
  private letGo: () => void;
  private readonly known: SocketCount;

  constructor(known: SocketCount, letGo: () => void) {
    this.known = known;
    this.letGo = letGo;
  }

  /** Nobody's are on no account. False when the holder has too many: it stays its address's until it is closed. */
  becomes(holder: string | undefined): boolean {
    const next = holder === undefined ? () => {} : this.known.enter(holder);
    if (!next) return false;
    this.letGo();
    this.letGo = next;
    // Gone while its credential was looked at: nothing would ever count it out again.
    if (this.left) next();
    return true;
  }

  leave(): void {
    this.left = true;
    this.letGo();
  }
}

/** Where sockets count: those that have shown no valid credential by where they come from, then by whose they are. */
export class SocketPlaces {
  private readonly strangers: SocketCount;
  private readonly known: SocketCount;

  constructor(strangers: SocketCount, known: SocketCount) {
    this.strangers = strangers;
    this.known = known;
  }

  /** Undefined when the address has too many. */
  take(address: string): SocketPlace | undefined {
    const letGo = this.strangers.enter(address);
    return letGo && new SocketPlace(this.known, letGo);
  }
}
