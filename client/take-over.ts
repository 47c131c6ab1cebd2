import type { Unsent } from "./unsent.ts";

const FIRST_PAUSE_MS = 2_000;
const LONGEST_PAUSE_MS = 60_000;
const CHATS_AT_ONCE = 4;

export interface TakeOverOptions {
  /** True once the chat is here, false once it is known to be gone, undefined when nobody wants to know any more. */
  ensureChat: (chatId: string) => Promise<boolean | undefined>;
  isHere: (chatId: string) => boolean;
  isOnline: () => boolean;
  take: (item: Unsent) => void;
  /** Its chat is gone, or this person is out of it: there is nowhere to send it to. */
  strand: (item: Unsent) => void;
}

/** Hands to its chats what another page left unsent, or was written before its chat was here: where one cannot be loaded now, that is tried again for as long as this page lives. */
export class TakeOver {
  readonly #options: TakeOverOptions;
  #left: readonly Unsent[];
  #pause = FIRST_PAUSE_MS;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #busy = false;
  #closed = false;

  constructor(items: readonly Unsent[], options: TakeOverOptions) {
    this.#left = items;
    this.#options = options;
  }

  /** Tries each chat once; what is left then is tried again later, and so on. */
  async start(): Promise<void> {
    clearTimeout(this.#timer);
    if (this.#busy || this.#closed) return;
    this.#busy = true;
    this.settle();
    const chatIds = new Set(this.#left.map(({ chatId }) => chatId)).values();
    // They share the iterator: each takes the next chat, so that one that does not answer keeps no other back.
    await Promise.all(Array.from({ length: CHATS_AT_ONCE }, () => this.#tryAll(chatIds)));
    this.#busy = false;
    this.#later();
  }

  add(item: Unsent): void {
    this.#left = [...this.#left, item];
    this.retryNow();
  }

  /** The line is back: at once instead of after the pause. */
  retryNow(): void {
    if (this.#left.length === 0) return;
    this.#pause = FIRST_PAUSE_MS;
    void this.start();
  }

  /** Call when chats have come: what was written there goes out before what is written next. */
  settle(): void {
    // What was asked for may be answered later; it is for the next page then.
    if (this.#closed) return;
    for (const { chatId } of this.#left)
      if (this.#options.isHere(chatId)) for (const item of this.#pick(chatId)) this.#options.take(item);
  }

  /** Returns what is still to be handed on. */
  close(): readonly Unsent[] {
    this.#closed = true;
    clearTimeout(this.#timer);
    return this.#left;
  }

  async #tryAll(chatIds: Iterable<string>): Promise<void> {
    for (const chatId of chatIds) {
      if (this.#closed || !this.#options.isOnline()) return;
      const isHere = await this.#options.ensureChat(chatId).catch(() => undefined);
      if (this.#closed) return;
      if (isHere === false) for (const item of this.#pick(chatId)) this.#options.strand(item);
    }
  }

  #pick(chatId: string): Unsent[] {
    const picked = this.#left.filter((item) => item.chatId === chatId);
    this.#left = this.#left.filter((item) => item.chatId !== chatId);
    return picked;
  }

  #later(): void {
    if (this.#closed || this.#left.length === 0) return;
    // Jitter, so that the clients of a restarted service do not all ask at once.
    this.#timer = setTimeout(() => void this.start(), this.#pause * (0.5 + Math.random() / 2));
    this.#pause = Math.min(LONGEST_PAUSE_MS, this.#pause * 2);
  }
}
