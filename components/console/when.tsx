"use client";

import { formatDistanceToNowStrict } from "date-fns";
import { useSyncExternalStore } from "react";

/** How often what is shown is said anew, in ms. */
const tickMs = 15_000;

/** A time as people say it, and go on saying it while it is looked at; the exact one on hover. */
export function When({ at }: { at: string | undefined }) {
  useSyncExternalStore(onTick, ticks, ticks);
  if (at === undefined) return <span className="text-muted">never</span>;
  return (
    <time
      dateTime={at}
      title={new Date(at).toLocaleString()}
      // "59 seconds" is wider than "1 minute": what stands to the right of it in a table must not move while it is pressed.
      className="whitespace-nowrap in-[td]:inline-block in-[td]:min-w-28"
    >
      {formatDistanceToNowStrict(new Date(at), { addSuffix: true })}
    </time>
  );
}

const listeners = new Set<() => void>();
let ticked = 0;
let timer: ReturnType<typeof setInterval> | undefined;

/** One clock for all of them, while there is any. */
function onTick(listener: () => void): () => void {
  listeners.add(listener);
  timer ??= setInterval(() => {
    ticked++;
    for (const tell of listeners) tell();
  }, tickMs);
  return () => {
    listeners.delete(listener);
    if (listeners.size > 0) return;
    clearInterval(timer);
    timer = undefined;
  };
}

const ticks = () => ticked;
