import { useSyncExternalStore } from "react";

const KEY = "parley/single-keys";
const listeners = new Set<() => void>();

/**
 * Whether keys of one letter or sign do something, in this browser and all its tabs: whoever speaks to a computer presses them with
 * every word, so that they can be switched off (WCAG 2.1.4).
 */
export function areSingleKeysOn(): boolean {
  try {
    return localStorage.getItem(KEY) !== "off";
  } catch {
    return true;
  }
}

export function turnSingleKeys(on: boolean): void {
  try {
    localStorage.setItem(KEY, on ? "on" : "off");
  } catch {
    return;
  }
  for (const listener of listeners) listener();
}

export function useSingleKeys(): boolean {
  return useSyncExternalStore(listen, areSingleKeysOn, () => true);
}

function listen(listener: () => void): () => void {
  listeners.add(listener);
  window.addEventListener("storage", listener);
  return () => {
    listeners.delete(listener);
    window.removeEventListener("storage", listener);
  };
}
