import { useMemo } from "react";
import { type RowsInput, type TimelineRow, timelineRows } from "./timeline-rows.ts";
import { useToday } from "./use-today.ts";

/** The rows of a chat, by the days of where its viewer is. */
export function useTimelineRows({ messages, outbox, me, unreadAfter, top, hasLater }: RowsInput): TimelineRow[] {
  const today = useToday();
  // biome-ignore lint/correctness/useExhaustiveDependencies: a message may be of another day in another zone
  return useMemo(
    () => timelineRows({ messages, outbox, me, unreadAfter, top, hasLater }),
    [messages, outbox, me, unreadAfter, top, hasLater, today],
  );
}
