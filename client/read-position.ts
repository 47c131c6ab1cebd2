const GATHERED_FOR_MS = 400;

/** Tells the service how far one person has read: a burst of messages is one call, and a call that failed is made up for. */
export class ReadPosition {
  readonly #send: (seq: number) => Promise<void>;
  #wanted = 0;
  #told = 0;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #telling: Promise<void> = Promise.resolve();

  constructor(send: (seq: number) => Promise<void>) {
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

  /** Before "mark unread", which sets back what is told and no further forwards: all is told first, and nothing arrives after it. */
  async settle(): Promise<void> {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    await this.#telling;
    if (this.#wanted <= this.#told) return;
    this.#telling = this.#tell();
    await this.#telling;
  }

  /** After "mark unread": what was read before may be read again. */
  setBack(seq: number): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#wanted = seq;
    this.#told = seq;
  }

  /** Call when the line is back. */
  resend(): void {
    if (this.#wanted <= this.#told) return;
    this.#timer ??= setTimeout(() => {
      this.#telling = this.#tell();
    }, GATHERED_FOR_MS);
  }

  close(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
  }

  async #tell(): Promise<void> {
    this.#timer = undefined;
    const seq = this.#wanted;
    try {
      await this.#send(seq);
      this.#told = Math.max(this.#told, seq);
    } catch (error) {
      console.info("The read position waits for the next message or the next connection.", error);
    }
  }
}
