"use client";

import { useCallback, useState } from "react";
import { mostRows, type Row } from "./rows.ts";

/** The newest lines, newest first; one that is there already is not taken again. */
export function useRows() {
  const [rows, setRows] = useState<readonly Row[]>([]);
  const add = useCallback((more: readonly Row[]) => {
    if (more.length === 0) return;
    setRows((before) => {
      const known = new Set(before.map(({ id }) => id));
      const fresh = more.filter(({ id }) => !known.has(id)).toReversed();
      return [...fresh, ...before].slice(0, mostRows);
    });
  }, []);
  const clear = useCallback(() => setRows([]), []);
  return { rows, add, clear };
}
