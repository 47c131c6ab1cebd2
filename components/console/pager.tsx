"use client";

import { parseAsInteger, parseAsString, useQueryState } from "nuqs";
import { Button } from "../ui/button.tsx";

/** Older and newest of a list that is read by cursor; the cursor is in the address. */
export function CursorPager({ before, nextCursor }: { before: string | null; nextCursor: string | null }) {
  const [, setBefore] = useQueryState("before", parseAsString.withOptions({ history: "push" }));
  if (before === null && nextCursor === null) return null;
  return (
    <nav aria-label="Pages" className="mt-4 flex gap-2">
      <Button disabled={before === null} onClick={() => void setBefore(null)}>
        Newest
      </Button>
      <Button disabled={nextCursor === null} onClick={() => void setBefore(nextCursor)}>
        Older
      </Button>
    </nav>
  );
}

export function useBefore(): string | null {
  return useQueryState("before", parseAsString)[0];
}

/** Of a list by pages: which one, in the address. */
export function usePageNumber(): number {
  return useQueryState("page", parseAsInteger.withDefault(1))[0];
}

interface PageOf {
  pageNumber: number;
  totalPages: number;
  totalCount: number;
}

export function PagePager({ pageNumber, totalPages, totalCount }: PageOf) {
  const [, setPage] = useQueryState("page", parseAsInteger.withDefault(1).withOptions({ history: "push" }));
  if (totalPages <= 1) return null;
  return (
    <nav aria-label="Pages" className="mt-4 flex items-center gap-2 text-sm">
      <Button disabled={pageNumber <= 1} onClick={() => void setPage(pageNumber - 1)}>
        Previous
      </Button>
      <Button disabled={pageNumber >= totalPages} onClick={() => void setPage(pageNumber + 1)}>
        Next
      </Button>
      <span className="text-muted">
        Page {pageNumber} of {totalPages}, {totalCount} in all
      </span>
    </nav>
  );
}
