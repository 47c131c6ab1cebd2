import type { TimelineRow } from "./timeline-rows.ts";

const PAGE_ROWS = 10;

/** The row of the message that a key goes to from the one at `at`; undefined for keys that go nowhere. */
export function nextRow(rows: readonly TimelineRow[], at: number, key: string): number | undefined {
  const messages = rows.flatMap((row, index) => (row.kind === "message" ? [index] : []));
  const place = messages.indexOf(at);
  const last = messages.length - 1;
  const steps: Record<string, number> = {
    ArrowUp: place - 1,
    ArrowDown: place + 1,
    PageUp: place - PAGE_ROWS,
    PageDown: place + PAGE_ROWS,
    Home: 0,
    End: last,
  };
  const wanted = steps[key];
  return wanted === undefined ? undefined : messages[Math.min(Math.max(wanted, 0), last)];
}
