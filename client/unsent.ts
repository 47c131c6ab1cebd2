import { type Written, writtenOf } from "./message-log.ts";
import type { Storage } from "./storage.ts";

/** A message that was typed and whose fate is not known. */
export interface Unsent extends Written {
  chatId: string;
  /** Why the service did not take it: it is for the person to decide, in the next page too. */
  refused?: string | undefined;
  /** Milliseconds; also the order in which they were typed. */
  at: number;
  /** The page that sends it as long as it lives. */
  owner: string;
}

/**
 * What storage has not taken, be it full or forbidden, or not yet; by key. It lasts as long as the document, and so from one client of the
 * person to the next.
 */
const unstored = new Map<string, Unsent>();

/** The clients of this document that live, as their locks are named: without storage there may be no locks. */
const here = new Set<string>();

/** More than this waits only in memory: storage is bounded, and so is what somebody types while offline. */
export const MOST_KEPT = 200;

/**
 * The unsent messages of one person in one browser. Each page sends its own; those of a page that is gone are taken over by the next
 * one. Should two pages take over the same, the client message id sees to it that it is stored once.
 */
export class UnsentBox {
  readonly #storage: Storage;
  readonly #prefix: string;
  readonly #owner: string;
  readonly #kept = new Map<string, Unsent>();
  /** When the last of them was typed. */
  #last = 0;
  #released: () => void = () => {};
  #closed = false;

  constructor(storage: Storage, at: { tenantId: string; me: string; clientId: string }) {
    this.#storage = storage;
    this.#prefix = `parley/unsent/${at.tenantId}/${at.me}/`;
    this.#owner = at.clientId;
  }

  /** Says that this page lives, and brings what dead ones left, in the order typed. Once it is closed, all stays as it is. */
  async open(): Promise<Unsent[]> {
    const living = await this.#living();
    // A lock taken now would be nobody's to release, and what is there would wait for a page that is gone.
    if (this.#closed) return [];
    this.#stayAlive();
    const found = await this.#storage.entries(this.#prefix).catch(() => []);
    const known = [...new Map([...found, ...unstored])];
    const own = known.filter(([key]) => this.#isOwn(key)).map(([, value]) => value as Unsent);
    const left = own.filter(({ owner }) => !living.has(owner));
    for (const item of left) {
      if (this.#closed) return [];
      await this.#write({ ...item, owner: this.#owner });
    }
    return left.sort((a, b) => a.at - b.at);
  }

  /** @param item with its time, where it was typed before */
  async keep(chatId: string, item: Written & { at?: number }): Promise<void> {
    const { clientMessageId } = item;
    if (this.#kept.has(clientMessageId) || this.#kept.size >= MOST_KEPT) return;
    // Two of one moment, or of a clock that was set back, stay in the order typed.
    const at = Math.max(item.at ?? Date.now(), this.#last + 1);
    await this.#write({ ...writtenOf(item), chatId, at, owner: this.#owner });
  }

  has(clientMessageId: string): boolean {
    return this.#kept.has(clientMessageId);
  }

  /** The service did not take it; without a reason the person has it sent all the same. */
  async refused(clientMessageId: string, reason: string | undefined): Promise<void> {
    const item = this.#kept.get(clientMessageId);
    if (item && item.refused !== reason) await this.#write({ ...item, refused: reason });
  }

  async forget(clientMessageId: string): Promise<void> {
    if (!this.#kept.delete(clientMessageId)) return;
    const key = this.#prefix + clientMessageId;
    unstored.delete(key);
    await this.#storage.delete(key).catch(ignore);
  }

  close(): void {
    this.#closed = true;
    here.delete(this.#prefix + this.#owner);
    this.#released();
  }

  /** Where the storage does not take it, that costs the message's survival of a reload, not the message. */
  async #write(item: Unsent): Promise<void> {
    const key = this.#prefix + item.clientMessageId;
    this.#kept.set(item.clientMessageId, item);
    this.#last = Math.max(this.#last, item.at);
    unstored.set(key, item);
    await this.#storage.set(key, item).then(() => unstored.delete(key), ignore);
  }

  /** What follows may be the rest of a longer user id with a slash; a message's own id has none. */
  #isOwn(key: string): boolean {
    return key.startsWith(this.#prefix) && !key.slice(this.#prefix.length).includes("/");
  }

  #stayAlive(): void {
    const name = this.#prefix + this.#owner;
    here.add(name);
    if (typeof navigator === "undefined" || !navigator.locks) return;
    const held = new Promise<void>((resolve) => {
      this.#released = resolve;
    });
    // In a frame whose storage is forbidden there are no locks either, and nothing that they would guard.
    navigator.locks.request(name, () => held).catch(ignore);
  }

  async #living(): Promise<Set<string>> {
    const locks = typeof navigator === "undefined" ? undefined : navigator.locks;
    const held = (await locks?.query().catch(() => undefined))?.held ?? [];
    const names = [...here, ...held.map(({ name = "" }) => name)].filter((name) => name.startsWith(this.#prefix));
    return new Set(names.map((name) => name.slice(this.#prefix.length)));
  }
}

function ignore(): void {}
