import { cn } from "../ui/cn.ts";
import type { TimelineRow } from "./timeline-rows.ts";

/** What stands between messages: a day, where the unread begin, where all begins. */
export function TimelineLine({ row }: { row: TimelineRow }) {
  if (row.kind === "day") return <p className="pt-4 pb-2 text-center text-muted text-xs">{row.label}</p>;
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
