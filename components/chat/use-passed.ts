import { useSyncExternalStore } from "react";
import { makeTicker } from "../ui/ticker.ts";

const onTick = makeTicker(5_000);

/** Whether that moment is past, and drawn anew once it is; false for none. */
export function usePassed(at: string | undefined): boolean {
  const isPast = () => at !== undefined && Date.parse(at) <= Date.now();
  return useSyncExternalStore(onTick, isPast, isPast);
}
