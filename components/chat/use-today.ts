import { useMemo, useSyncExternalStore } from "react";
import { makeTicker } from "../ui/ticker.ts";
import { zoneNow } from "./times.ts";

/** Looked at again and again, as a computer that slept through midnight lets a long timer sleep too. */
const onTick = makeTicker(20_000);

/**
 * The day it is for the viewer. Drawn anew, with another object, once that is another, or its zone is: pages stay open over night, and
 * on journeys.
 */
export function useToday(): Date {
  const today = useSyncExternalStore(onTick, todayAndZone, todayAndZone);
  return useMemo(() => new Date(Number.parseInt(today, 10)), [today]);
}

/** When the day began, and where: zones of one hour now have had others. */
export function todayAndZone(): string {
  return `${new Date().setHours(0, 0, 0, 0)} ${zoneNow()}`;
}
