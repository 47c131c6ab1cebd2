import type { KeyboardEvent } from "react";
import type { MessageActions } from "./message-menu.tsx";
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

/** What a key does with a message; false when nothing. */
export function act(
  event: KeyboardEvent,
  row: Extract<TimelineRow, { kind: "message" }>,
  actions: MessageActions,
  moderates: boolean,
): boolean {
  if (event.ctrlKey || event.metaKey || event.altKey || row.message.deletedAt) return false;
  if (event.key === "r") actions.reply(row.message);
  else if (event.key === "e" && row.own) actions.edit(row.message);
  else if (event.key === "u" && !row.own) actions.markUnread(row.message);
  else if (event.key === "Delete" && (row.own || moderates)) actions.delete(row.message);
  else return false;
  return true;
}

/** The number of the message that something belongs to. */
export function seqOf(target: EventTarget): string | undefined {
  return (target as HTMLElement).closest<HTMLElement>("article")?.dataset.seq;
}
