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

/** Whether a link names a row that is not on this page of the list, so that it has to be asked for alone. */
export function isElsewhere(rows: readonly Identified[] | undefined, id: string | null): boolean {
  return id !== null && rows !== undefined && !rows.some((row) => row.id === id);
}

/** @param alone What was found by the id alone; undefined until that has been asked. */
export function useOpened<Row extends Identified>(
  rows: readonly Row[] | undefined,
  id: string | null,
  alone: readonly Row[] | undefined,
): { opened: Row | undefined; isGone: boolean } {
  const [before, setBefore] = useState<Row>();
  const opened = openedOf([...(rows ?? []), ...(alone ?? [])], id, before);
  if (opened !== before) setBefore(opened);
  return { opened, isGone: isElsewhere(rows, id) && opened === undefined && alone !== undefined };
}

/** How the address changes as a row is opened: Back closes a drawer that was opened, however many rows were stepped through in it. */
export function openingFrom(id: string | null): { history: "push" | "replace" } {
  return { history: id === null ? "push" : "replace" };
}
