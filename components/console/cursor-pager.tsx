"use client";

import { parseAsString, useQueryState } from "nuqs";
import { PagerButton } from "./pager.tsx";

/** In which order a list goes, and so which parameter of the address leads on. */
const orders = {
  newest: { onward: "before", first: "Newest", next: "Older" },
  name: { onward: "after", first: "First", next: "Next" },
} as const;

type Order = keyof typeof orders;

/** Of a list by cursor: where the page begins, in the address. */
export function useCursor(order: Order = "newest"): string | undefined {
  return useQueryState(orders[order].onward, parseAsString)[0] ?? undefined;
}

interface CursorPagerProps {
  nextCursor: string | null;
  /** As `useCursor` has it. */
  order?: Order;
}

/** The next ones, and back to the first; the browser's own Back leads through the pages between. */
export function CursorPager({ nextCursor, order = "newest" }: CursorPagerProps) {
  const { onward, first, next } = orders[order];
  const [cursor, setCursor] = useQueryState(onward, parseAsString.withOptions({ history: "push" }));
  if (cursor === null && nextCursor === null) return null;
  return (
    <nav aria-label="Pages" className="mt-4 flex items-center gap-2 text-sm">
      <PagerButton barred={cursor === null} onPress={() => void setCursor(null)}>
        {first}
      </PagerButton>
      <PagerButton barred={nextCursor === null} onPress={() => void setCursor(nextCursor)}>
        {next}
      </PagerButton>
    </nav>
  );
}
