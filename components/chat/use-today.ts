import { useMemo, useSyncExternalStore } from "react";

const LOOKED_AT_EVERY_MS = 20_000;

/** The day it is for the viewer, and drawn anew once that is another: pages stay open over night. */
export function useToday(): Date {
  const day = useSyncExternalStore(onTick, today, today);
  return useMemo(() => new Date(day), [day]);
}

/** Looked at again and again, as a computer that slept through midnight lets a long timer sleep too. */
function onTick(tell: () => void): () => void {
  const timer = setInterval(tell, LOOKED_AT_EVERY_MS);
  return () => clearInterval(timer);
}

const today = () => new Date().toDateString();
