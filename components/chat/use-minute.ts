import { useMemo, useSyncExternalStore } from "react";
import { makeTicker } from "../ui/ticker.ts";

const onTick = makeTicker(20_000);

/** The minute it is, and drawn anew with the next: "just now" does not stay so. */
export function useMinute(): Date {
  const minute = useSyncExternalStore(onTick, minuteNow, minuteNow);
  return useMemo(() => new Date(minute), [minute]);
}

function minuteNow(): number {
  return Math.floor(Date.now() / 60_000) * 60_000;
}
