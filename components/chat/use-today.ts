import { useMemo, useSyncExternalStore } from "react";

const LOOKED_AT_EVERY_MS = 20_000;

/** The day it is for the viewer, and drawn anew once that is another: pages stay open over night. */
export function useToday(): Date {
  const day = useSyncExternalStore(onTick, today, today);
  return useMemo(() => new Date(day), [day]);
}

const listeners = new Set<() => void>();
let timer: ReturnType<typeof setInterval> | undefined;

/**
 * Looked at again and again, as a computer that slept through midnight lets a long timer sleep too. By one timer for all of a page, so
 * that it wakes once and all its lines change together.
 */
export function onTick(tell: () => void): () => void {
  listeners.add(tell);
  timer ??= setInterval(() => {
    for (const listener of listeners) listener();
  }, LOOKED_AT_EVERY_MS);
  return () => {
    listeners.delete(tell);
    if (listeners.size > 0) return;
    clearInterval(timer);
    timer = undefined;
  };
}

const today = () => new Date().toDateString();
