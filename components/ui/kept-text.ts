const listeners = new Set<() => void>();
/** What storage did not take, forbidden as in some frames, or full: that lasts as long as the page. */
const unstored = new Map<string, string>();

/** What this browser keeps under a key, in all its tabs; "" for nothing. */
export function readKept(key: string): string {
  const text = unstored.get(key);
  if (text !== undefined) return text;
  try {
    return localStorage.getItem(key) ?? "";
  } catch {
    return "";
  }
}

/** Keeps a text, and "" by forgetting it. */
export function keepText(key: string, text: string): void {
  try {
    if (text === "") localStorage.removeItem(key);
    else localStorage.setItem(key, text);
    unstored.delete(key);
  } catch {
    unstored.set(key, text);
  }
  for (const listener of listeners) listener();
}

/** Hears that something is kept, here or in another tab. */
export function listenToKept(listener: () => void): () => void {
  const onStorage = ({ key }: StorageEvent) => {
    // What another tab could store, or has forgotten, is newer.
    if (key !== null) unstored.delete(key);
    listener();
  };
  listeners.add(listener);
  window.addEventListener("storage", onStorage);
  return () => {
    listeners.delete(listener);
    window.removeEventListener("storage", onStorage);
  };
}
