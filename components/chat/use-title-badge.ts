"use client";

import { useEffect } from "react";

/** The number before the page's title: what one sees of it in a row of tabs. */
export function useTitleBadge(count: number, title: string): void {
  useEffect(() => {
    document.title = count > 0 ? `(${count > 99 ? "99+" : count}) ${title}` : title;
  }, [count, title]);
}
