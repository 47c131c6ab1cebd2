"use client";

import { type KeyboardEvent, type MouseEvent, type ReactNode, useRef } from "react";
import { Badge } from "../ui/badge.tsx";
import { cn } from "../ui/cn.ts";
import { useHeldRows } from "./held-rows.ts";
import { rowActOf, rowStops, showActs } from "./row-keys.ts";

export interface Column<Row> {
  header: string;
  cell: (row: Row) => ReactNode;
  className?: string;
}

export interface DataTableProps<Row> {
  /** The accessible name. */
  label: string;
  columns: readonly Column<Row>[];
  rows: readonly Row[];
  idOf: (row: Row) => string;
  /** The first cell's button opens the row, and for a pointer all of it where nothing else is to be pressed. */
  onOpen?: (row: Row) => void;
  openId?: string | null;
  /** Of a list that changes by itself: what was asked for, once that is there. Its rows stay while a pointer is over them. */
  list?: string | undefined;
}

const pressed = "a, button, input, select, textarea, label, summary, [role=switch], [role=checkbox]";

const ownKeys = "input, select, textarea, [role=combobox], [role=listbox], [role=menu]";

/** Not what has a press of its own, nor what lies over the table, nor the end of marking some text to copy it. */
function isOpening({ target, currentTarget }: MouseEvent): boolean {
  const isOwn = target instanceof Element && currentTarget.contains(target) && !target.closest(pressed);
  return isOwn && !window.getSelection()?.toString();
}

/** Rows of one kind of thing. Below 640 px each is a card of the same fields; j, k and arrows move, Enter opens, a dot shows the row's acts. */
export function DataTable<Row>({ label, columns, idOf, onOpen, openId, list, ...given }: DataTableProps<Row>) {
  const { rows, fresh, pointer } = useHeldRows(given.rows, idOf, list);
  const body = useRef<HTMLTableSectionElement>(null);

  function onKeyDown(event: KeyboardEvent) {
    const act = rowActOf(event.key);
    if (act === undefined || event.ctrlKey || event.metaKey || event.altKey || !body.current) return;
    // What is written to or chosen from in a row has these keys for itself.
    if (event.target instanceof Element && event.target.closest(ownKeys)) return;
    const stops = rowStops(body.current);
    const rowOf = (stop: HTMLElement | undefined) => stop?.closest("tr");
    const at = stops.findIndex((stop) => rowOf(stop)?.contains(document.activeElement));
    const row = rowOf(stops[at]);
    if (!row) return;
    event.preventDefault();
    if (act === "acts") showActs(row);
    else stops[at + act]?.focus();
  }

  return (
    <div className="relative">
      {/* Over the edge: in a line of its own it would move the rows. */}
      <div role="status" className="-top-2.5 pointer-events-none absolute right-3 z-10 flex">
        {fresh > 0 && <Badge tone="good">{fresh} new</Badge>}
      </div>
      <div className="overflow-x-auto rounded-xl border border-line bg-surface max-sm:border-0 max-sm:bg-transparent">
        {/* Roles stay, although the cards of small screens are no table to the browser. */}
        {/* biome-ignore-start lint/a11y/noRedundantRoles: see above */}
        <table role="table" aria-label={label} className="w-full text-left text-sm max-sm:block">
          <thead role="rowgroup" className="max-sm:sr-only">
            <tr role="row" className="border-line border-b bg-sunken text-muted text-xs">
              {columns.map(({ header, className }) => (
                <th role="columnheader" key={header} scope="col" className={cn("px-4 py-2.5 font-medium", className)}>
                  {header}
                </th>
              ))}
            </tr>
          </thead>
          <tbody
            role="rowgroup"
            ref={body}
            onKeyDown={onKeyDown}
            {...pointer}
            className="divide-y divide-line max-sm:block max-sm:space-y-3 max-sm:divide-y-0"
          >
            {rows.map((row) => (
              <tr
                role="row"
                key={idOf(row)}
                onClick={onOpen && ((event) => isOpening(event) && onOpen(row))}
                className={cn(
                  onOpen && "cursor-pointer hover:bg-sunken",
                  "max-sm:block max-sm:rounded-xl max-sm:border max-sm:border-line max-sm:bg-surface max-sm:p-2",
                  openId === idOf(row) && "bg-accent-soft hover:bg-accent-soft",
                )}
              >
                {columns.map(({ header, cell, className }, at) => (
                  <td
                    role="cell"
                    key={header}
                    data-label={header}
                    className={cn(
                      "px-4 py-2.5 align-middle max-sm:flex max-sm:items-baseline max-sm:justify-between max-sm:has-[[role=switch],[aria-haspopup]]:items-center max-sm:gap-4 max-sm:px-2 max-sm:py-1.5 max-sm:text-right max-sm:before:shrink-0 max-sm:before:text-muted max-sm:before:content-[attr(data-label)] max-sm:empty:hidden",
                      className,
                    )}
                  >
                    {at === 0 && onOpen ? (
                      <button
                        type="button"
                        data-opener
                        onClick={() => onOpen(row)}
                        className="min-h-6 min-w-0 max-w-full rounded text-left font-medium underline-offset-4 hover:underline max-sm:text-right"
                      >
                        {cell(row)}
                      </button>
                    ) : (
                      cell(row)
                    )}
                  </td>
                ))}
              </tr>
            ))}
          </tbody>
        </table>
        {/* biome-ignore-end lint/a11y/noRedundantRoles: see above */}
      </div>
    </div>
  );
}
