import { appearedAt } from "../../client/inbox-state.ts";
import type { Notification } from "../../client/types.ts";

export interface Day {
  /** Of the calendar, which stays when "Today" becomes "Yesterday": the rows in it do too. */
  day: string;
  /** When the newest in it came. */
  at: string;
  of: Notification[];
}

/** The notifications in groups of one calendar day, in their order. */
export function byDay(items: readonly Notification[]): Day[] {
  const days: Day[] = [];
  for (const item of items) {
    const at = appearedAt(item);
    const day = new Date(at).toDateString();
    const last = days.at(-1);
    if (last?.day === day) last.of.push(item);
    else days.push({ day, at, of: [item] });
  }
  return days;
}
