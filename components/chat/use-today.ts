import { useMemo, useSyncExternalStore } from "react";
import { makeTicker } from "../ui/ticker.ts";

/** Looked at again and again, as a computer that slept through midnight lets a long timer sleep too. */
const onTick = makeTicker(20_000);

/** The day it is for the viewer, and drawn anew once that is another: pages stay open over night. */
export function useToday(): Date {
  const day = useSyncExternalStore(onTick, today, today);
  return useMemo(() => new Date(day), [day]);
}

const today = () => new Date().toDateString();
