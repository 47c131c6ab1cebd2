import { useSyncExternalStore } from "react";
import { keepText, listenToKept, readKept } from "../ui/kept-text.ts";

const KEY = "parley/single-keys";

/**
 * Whether keys of one letter or sign do something, in this browser and all its tabs: whoever speaks to a computer presses them with
 * every word, so that they can be switched off (WCAG 2.1.4).
 */
export function areSingleKeysOn(): boolean {
  return readKept(KEY) !== "off";
}

export function turnSingleKeys(on: boolean): void {
  keepText(KEY, on ? "on" : "off");
}

export function useSingleKeys(): boolean {
  return useSyncExternalStore(listenToKept, areSingleKeysOn, () => true);
}
