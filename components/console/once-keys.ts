import { newKey } from "../../client/new-key.ts";

/**
 * Keys of calls that are to happen once: what is asked for again has the key that it had, as after an answer that was lost, and something
 * else has another. What is done may be wanted once more.
 */
export class OnceKeys {
  private readonly keys = new Map<string, string>();

  of(asked: unknown): string {
    const what = JSON.stringify(asked);
    const key = this.keys.get(what) ?? newKey();
    this.keys.set(what, key);
    return key;
  }

  done(): void {
    this.keys.clear();
  }
}
