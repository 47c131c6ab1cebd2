/** As .NET's StreamBufferCapacity: with more items waiting than this, nothing more is read from the client. */
const capacity = 10;

/** Why an upload ended before its end. */
export class UploadFailed extends Error {
  override name = "UploadFailed";
}

/** A stream that the client uploads with a call: filled as items come, read by the method. */
export class Upload implements AsyncIterable<unknown> {
  private items: unknown[] = [];
  private over = false;
  private failure: string | undefined;
  private wake: () => void = () => {};
  private readonly onRoom: () => void;

  /** @param onRoom called when it is not full any more */
  constructor(onRoom: () => void) {
    this.onRoom = onRoom;
  }

  get full(): boolean {
    return this.items.length >= capacity;
  }

  push(item: unknown): void {
    if (this.over) return;
    this.items.push(item);
    this.wake();
  }

  /** Ends it: well, or with the client's error. */
  end(error?: string): void {
    this.over = true;
    this.failure ??= error;
    this.wake();
  }

  /** Nobody reads it any more. */
  drop(): void {
    this.over = true;
    this.items = [];
    this.wake();
    this.onRoom();
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<unknown> {
    for (;;) {
      while (this.items.length > 0) {
        const wasFull = this.full;
        const item = this.items.shift();
        if (wasFull && !this.full) this.onRoom();
        yield item;
      }
      if (this.failure !== undefined) throw new UploadFailed(this.failure);
      if (this.over) return;
      await new Promise<void>((resolve) => {
        this.wake = resolve;
      });
    }
  }
}
