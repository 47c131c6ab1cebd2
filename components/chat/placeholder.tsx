import { Button } from "../ui/button.tsx";
import { Skeleton } from "../ui/skeleton.tsx";
import type { Room } from "./room.ts";
import type { Session } from "./session.ts";

/** What stands in the list while there is no message in it. */
export function Placeholder({ session, room }: { session: Session; room: Room }) {
  if (room.phase === "loading") {
    return (
      <li className="flex flex-1 flex-col justify-end gap-3">
        <span className="sr-only">Loading messages</span>
        <Skeleton className="h-9 w-2/5 rounded-2xl" />
        <Skeleton className="h-9 w-3/5 rounded-2xl" />
        <Skeleton className="h-9 w-1/2 self-end rounded-2xl" />
        <Skeleton className="h-9 w-2/5 rounded-2xl" />
      </li>
    );
  }
  if (room.phase === "failed") {
    return (
      <li className="m-auto max-w-60 text-center text-sm">
        <p className="text-muted">{room.problem}</p>
        <Button size="sm" className="mt-3" onClick={() => session.open()}>
          Try again
        </Button>
      </li>
    );
  }
  return <li className="m-auto text-sm text-muted">Nothing said yet. Say hello.</li>;
}
