"use client";

import { formatDistanceToNowStrict } from "date-fns";
import { useSyncExternalStore } from "react";
import { makeTicker } from "../ui/ticker.ts";

const onTick = makeTicker(15_000);

/** A time as people say it, and go on saying it while it is looked at; the exact one on hover. */
export function When({ at }: { at: string | undefined }) {
  const sayNow = () => at && formatDistanceToNowStrict(new Date(at), { addSuffix: true });
  const words = useSyncExternalStore(onTick, sayNow, sayNow);
  if (at === undefined) return <span className="text-muted">never</span>;
  return (
    <time
      dateTime={at}
      title={new Date(at).toLocaleString()}
      // "59 seconds" is wider than "1 minute": what stands to the right of it in a table must not move while it is pressed.
      className="whitespace-nowrap in-[td]:inline-block in-[td]:min-w-28"
    >
      {words}
    </time>
  );
}
