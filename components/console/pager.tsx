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
      <PagerButton barred={pageNumber <= 1} onPress={() => void setPage(pageNumber - 1)}>
        Previous
      </PagerButton>
      <PagerButton barred={pageNumber >= totalPages} onPress={() => void setPage(pageNumber + 1)}>
        Next
      </PagerButton>
      <span className="text-muted">
        Page {pageNumber} of {totalPages}, {totalCount} in all
      </span>
    </nav>
  );
}

/** One that leads nowhere at an end of the list keeps the focus, or whoever pressed it by keyboard would begin at the top of the page. */
export function PagerButton({ barred, onPress, children }: { barred: boolean; onPress: () => void; children: string }) {
  return (
    <Button aria-disabled={barred} onClick={barred ? undefined : onPress}>
      {children}
    </Button>
  );
}
