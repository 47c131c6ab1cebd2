import { Button } from "../ui/button.tsx";
import { type Here, scopeOf } from "./finds.ts";
import { whenOf } from "./times.ts";
import type { Finds } from "./use-finds.ts";

/** Where was looked and where not yet, and the way on. */
export function SearchScope(search: Finds & { here: Here }) {
  const { looks, back, isWhole, look, stop } = search;
  const on = looks === "on";
  return (
    <div className="flex min-h-7 flex-wrap items-center gap-x-2 pt-1 text-muted text-xs">
      <p className="min-w-0 flex-1">
        <span role="status">{sentenceOf(search)}</span>
        {on && back && <span className="tabular-nums"> Back to {whenOf(back.createdAt)}.</span>}
      </p>
      {/* One button, so that who pressed it stays on it. */}
      {(on || !isWhole) && (
        <Button size="sm" variant="ghost" className="pointer-coarse:h-11" onClick={on ? stop : look}>
          {on ? "Stop" : looks === "failed" ? "Try again" : "Look in older ones"}
        </Button>
      )}
    </div>
  );
}

function sentenceOf({ looks, finds, here, down }: Finds & { here: Here }): string {
  if (looks === "on") return "Looking in older messages …";
  if (looks === "failed") return "Older messages could not be loaded.";
  if (looks === "in vain" && finds.length > 0) return "No older one was found.";
  return `${finds.length === 0 ? "Nothing" : finds.length} in ${scopeOf(here, down)}.`;
}
