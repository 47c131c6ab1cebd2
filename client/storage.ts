import { del, entries, set } from "idb-keyval";

/** Keeps what was typed and not yet sent over a reload. */
export interface Storage {
  entries(prefix: string): Promise<[string, unknown][]>;
  set(key: string, value: unknown): Promise<void>;
  delete(key: string): Promise<void>;
}

/** The browser's database; nothing is kept where there is none. */
export function browserStorage(): Storage | undefined {
  if (typeof indexedDB === "undefined") return undefined;
  return {
    entries: async (prefix) =>
      (await entries<string, unknown>()).filter(([key]) => typeof key === "string" && key.startsWith(prefix)),
    // Where it is forbidden they throw at once.
    set: async (key, value) => set(key, value),
    delete: async (key) => del(key),
  };
}
