import { type PointerEvent, useState } from "react";

export interface HeldRows<Row> {
  rows: readonly Row[];
  /** How many came before the first of them meanwhile, and are not among them. */
  fresh: number;
}

/** The rows that were shown, each as it is now, or was last where it is gone or on another page. */
export function holdRows<Row>(shown: readonly Row[], now: readonly Row[], idOf: (row: Row) => string): HeldRows<Row> {
  const latest = new Map(now.map((row) => [idOf(row), row]));
  const known = new Set(shown.map(idOf));
  const first = now.findIndex((row) => known.has(idOf(row)));
  const rows = shown.map((row) => latest.get(idOf(row)) ?? row);
  // The very same while nothing has changed, so that nothing is drawn anew for it.
  return { rows: rows.some((row, at) => row !== shown[at]) ? rows : shown, fresh: first < 0 ? now.length : first };
}

/**
 * Rows of a list that changes by itself stay where they are while somebody moves a pointer over them: what is pressed is what was aimed at.
 * The list goes on once the pointer leaves it, or has pressed.
 * @param list what was asked for, of which rows that come are news; undefined where nothing is held
 */
export function useHeldRows<Row>(rows: readonly Row[], idOf: (row: Row) => string, list: string | undefined) {
  const [held, setHeld] = useState<{ list: string; rows: readonly Row[] }>();
  const isHeld = held !== undefined && held.list === list;
  const shown = isHeld ? holdRows(held.rows, rows, idOf) : { rows, fresh: 0 };
  if (isHeld && shown.rows !== held.rows) setHeld({ list: held.list, rows: shown.rows });
  const release = () => setHeld(undefined);
  const hold = ({ currentTarget, target }: PointerEvent) => {
    // Not over a dialog of a row: React hears of those here too.
    const isOver = target instanceof Node && currentTarget.contains(target);
    if (list !== undefined && !isHeld && isOver) setHeld({ list, rows });
  };
  return { ...shown, pointer: { onPointerMove: hold, onPointerLeave: release, onClick: release } };
}
