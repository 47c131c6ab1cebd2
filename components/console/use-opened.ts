import { useState } from "react";

interface Identified {
  id: string;
}

/** The row that is open, from a list that goes on: it stays for who reads it when newer ones push it off the page. */
export function openedOf<Row extends Identified>(
  rows: readonly Row[] | undefined,
  id: string | null,
  before: Row | undefined,
): Row | undefined {
  return rows?.find((row) => row.id === id) ?? (before?.id === id ? before : undefined);
}

export function useOpened<Row extends Identified>(rows: readonly Row[] | undefined, id: string | null) {
  const [before, setBefore] = useState<Row>();
  const opened = openedOf(rows, id, before);
  if (opened !== before) setBefore(opened);
  return opened;
}
