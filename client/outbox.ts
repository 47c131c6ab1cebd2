import type { LogAction, Outgoing, Written } from "./message-log.ts";
import { newKey } from "./new-key.ts";
import { ParleyError, sentenceOf } from "./parley-error.ts";
import type { Message } from "./types.ts";

const RETRY_AFTER_MS = 3_000;

export interface OutboxOptions {
  isOnline: () => boolean;
  items: () => readonly Outgoing[];
  send: (item: Outgoing) => Promise<Message>;
  act: (action: LogAction) => void;
}

/**
 * Sends one message after the other, in the order typed. The client message id makes a repeat safe: the service stores it once
 * and gives the first answer again.
 */
export class Outbox {
  readonly #options: OutboxOptions;
  #busy = false;
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(options: OutboxOptions) {
    this.#options = options;
  }

  add(content: string, more: Partial<Written> = {}): void {
    this.#options.act({ type: "queued", clientMessageId: newKey(), ...more, content });
    void this.flush();
  }

  /** One that the service did not take before this page was there. */
  addRefused({ reason, ...item }: Outgoing): void {
    this.#options.act({ ...item, type: "queued" });
    this.#options.act({ type: "held", clientMessageId: item.clientMessageId, status: "refused", reason });
  }

  retry(clientMessageId: string): void {
    this.#options.act({ type: "held", clientMessageId, status: "sending" });
    void this.flush();
  }

  discard(clientMessageId: string): void {
    this.#options.act({ type: "discarded", clientMessageId });
  }

  close(): void {
    clearTimeout(this.#timer);
  }

  async flush(): Promise<void> {
    if (!this.#options.isOnline()) this.#holdAll();
    if (this.#busy) return;
    this.#busy = true;
    try {
      for (let item = this.#next(); item !== undefined; item = this.#next()) {
        if (!(await this.#deliver(item))) break;
      }
    } finally {
      this.#busy = false;
    }
  }

  #next(): Outgoing | undefined {
    if (!this.#options.isOnline()) return undefined;
    return this.#options.items().find(({ status }) => status !== "refused");
  }

  /** False when nothing more can be sent for now. */
  async #deliver(item: Outgoing): Promise<boolean> {
    const { clientMessageId } = item;
    try {
      this.#options.act({ type: "held", clientMessageId, status: "sending" });
      this.#options.act({ type: "seen", message: await this.#options.send(item) });
      // An answer that does not name our id could not be matched; the message is stored all the same.
      this.#options.act({ type: "discarded", clientMessageId });
      return true;
    } catch (error) {
      return this.#held(clientMessageId, error);
    }
  }

  #holdAll(): void {
    for (const { clientMessageId, status } of this.#options.items()) {
      if (status === "sending") this.#options.act({ type: "held", clientMessageId, status: "waiting" });
    }
  }

  #held(clientMessageId: string, error: unknown): boolean {
    // Without a session nothing is said of the message: it goes out, before what was written after it, with the next token.
    if (error instanceof ParleyError && !error.passing && error.status !== 401) {
      this.#options.act({ type: "held", clientMessageId, status: "refused", reason: sentenceOf(error) });
      return true;
    }
    this.#options.act({ type: "held", clientMessageId, status: "waiting" });
    const delay = error instanceof ParleyError ? error.retryAfterMs : undefined;
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => void this.flush(), delay ?? RETRY_AFTER_MS);
    return false;
  }
}
