"use client";

import { parseAsString, useQueryState } from "nuqs";
import { Button } from "../ui/button.tsx";

/** Of a list by cursor: where the page begins, in the address. */
export function useCursor(): string | undefined {
  return useQueryState("before", parseAsString)[0] ?? undefined;
}

/** Older ones, and back to the newest; the browser's own Back leads through the pages between. */
export function CursorPager({ nextCursor }: { nextCursor: string | null }) {
  const [before, setBefore] = useQueryState("before", parseAsString.withOptions({ history: "push" }));
  if (before === null && nextCursor === null) return null;
  return (
    <nav aria-label="Pages" className="mt-4 flex items-center gap-2 text-sm">
      <Button disabled={before === null} onClick={() => void setBefore(null)}>
        Newest
      </Button>
      <Button disabled={nextCursor === null} onClick={() => void setBefore(nextCursor)}>
        Older
      </Button>
    </nav>
  );
}
