"use client";

import { parseAsInteger, useQueryState } from "nuqs";
import { Button } from "../ui/button.tsx";

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
