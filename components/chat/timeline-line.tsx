import { cn } from "../ui/cn.ts";
import type { TimelineRow } from "./timeline-rows.ts";
import { dayOf } from "./times.ts";
import { useToday } from "./use-today.ts";

/** What stands between messages: a day, where the unread begin, where all begins. */
export function TimelineLine({ row }: { row: TimelineRow }) {
  const today = useToday();
  if (row.kind === "day") return <p className="pt-4 pb-2 text-center text-muted text-xs">{dayOf(row.at, today)}</p>;
  if (row.kind === "start")
    return <p className="pt-6 pb-2 text-center text-muted text-xs">Start of the conversation</p>;
  return (
    <p
      className={cn(
        "flex items-center gap-3 px-2 py-2 font-medium text-accent text-xs",
        "before:h-px before:flex-1 before:bg-accent after:h-px after:flex-1 after:bg-accent",
      )}
    >
      New
    </p>
  );
}

/** The day of what is at the top, over the messages while they are scrolled. */
export function FloatingDay({ at }: { at: string }) {
  return (
    <p
      aria-hidden
      className="absolute inset-x-0 top-2 z-10 mx-auto w-fit rounded-full border border-line bg-surface px-3 py-1 text-muted text-xs shadow-sm"
    >
      {dayOf(at, useToday())}
    </p>
  );
}
