const GATHERED_FOR_MS = 400;
const AGAIN_AFTER_MS = 5_000;

type Send = (seq: number, keepalive: boolean) => Promise<void>;

/** Tells the service how far one person has read: a burst of messages is one call, and a call that failed is made up for. */
export class ReadPosition {
  readonly #send: Send;
  #wanted = 0;
  #told = 0;
  #underWay = 0;
  #closed = false;
  #timer: ReturnType<typeof setTimeout> | undefined;
  /** Whether the timer is that of a second try. */
  #waitsAgain = false;
  #telling: Promise<void> = Promise.resolve();

  constructor(send: Send) {
    this.#send = send;
  }

  /** @param from where the page has it now: another page may have set it back since it was told */
  moveTo(seq: number, from = this.#told): void {
    if (from < this.#told) {
      this.#told = from;
      this.#wanted = seq;
    }
    this.#wanted = Math.max(this.#wanted, seq);
    this.resend();
  }

  /** Whether more is read than that, and is still to be told. */
  isBeyond(seq: number): boolean {
    return this.#wanted > seq;
  }

  /**
   * Before "mark unread", which sets back what is told and no further forwards: all is told first, and nothing arrives after it. What
   * could not be told is let go.
   */
  async settle(): Promise<void> {
    this.#stopWaiting();
    await this.#telling;
    if (this.#wanted > this.#told) {
      this.#telling = this.#tell({ again: false });
      await this.#telling;
    }
    this.giveUp();
  }

  /** After "mark unread": what was read before may be read again. */
  setBack(seq: number): void {
    this.#stopWaiting();
    this.#wanted = seq;
    this.#told = seq;
  }

  /** Call when the line is back. A second try waits no longer then, and if this one fails there is another. */
  resend(): void {
    this.#closed = false;
    if (this.#wanted <= this.#told) return;
    if (this.#waitsAgain) this.#stopWaiting();
    this.#tellAfter(GATHERED_FOR_MS);
  }

  /** Nothing comes later. With `keepalive` also what is under way is told once more, for that ends with the page. */
  tellNow(keepalive = false): void {
    this.#stopWaiting();
    const isUnderWay = this.#underWay >= this.#wanted && !keepalive;
    if (this.#wanted > this.#told && !isUnderWay) this.#telling = this.#tell({ keepalive });
  }

  close(): void {
    this.#closed = true;
    this.tellNow();
  }

  /** What is not told yet is told no more. */
  giveUp(): void {
    this.#stopWaiting();
    this.#wanted = this.#told;
  }

  #stopWaiting(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#waitsAgain = false;
  }

  #tellAfter(ms: number, isSecond = false): void {
    if (this.#timer !== undefined) return;
    this.#waitsAgain = isSecond;
    this.#timer = setTimeout(() => {
      this.#telling = this.#tell({ again: !isSecond });
    }, ms);
  }

  async #tell({ keepalive = false, again = true } = {}): Promise<void> {
    this.#stopWaiting();
    const seq = this.#wanted;
    this.#underWay = seq;
    try {
      await this.#send(seq, keepalive);
      this.#told = Math.max(this.#told, seq);
    } catch (error) {
      if (again && !this.#closed) this.#tellAfter(AGAIN_AFTER_MS, true);
      console.info("The read position waits for the next message or the next connection.", error);
    } finally {
      if (this.#underWay === seq) this.#underWay = 0;
    }
  }
}
