const clock = new Intl.DateTimeFormat(undefined, { timeStyle: "short" });
const weekday = new Intl.DateTimeFormat(undefined, { weekday: "long", day: "numeric", month: "long" });
const short = new Intl.DateTimeFormat(undefined, { day: "numeric", month: "short" });
const exact = new Intl.DateTimeFormat(undefined, { dateStyle: "full", timeStyle: "medium" });

const DAY_MS = 86_400_000;

export function timeOf(at: string): string {
  return clock.format(new Date(at));
}

export function exactTimeOf(at: string): string {
  return exact.format(new Date(at));
}

/** The day as its viewer counts it. */
export function dayOf(at: string, now = new Date()): string {
  const date = new Date(at);
  if (date.toDateString() === now.toDateString()) return "Today";
  if (date.toDateString() === new Date(now.getTime() - DAY_MS).toDateString()) return "Yesterday";
  return weekday.format(date);
}

/** Short enough for a list: the time of today, the day of before. */
export function whenOf(at: string, now = new Date()): string {
  const date = new Date(at);
  return date.toDateString() === now.toDateString() ? clock.format(date) : short.format(date);
}
