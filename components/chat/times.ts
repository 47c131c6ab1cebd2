const clock = new Intl.DateTimeFormat(undefined, { timeStyle: "short" });
const weekday = new Intl.DateTimeFormat(undefined, { weekday: "long", day: "numeric", month: "long" });
const dayOfYear = new Intl.DateTimeFormat(undefined, { dateStyle: "full" });
const short = new Intl.DateTimeFormat(undefined, { day: "numeric", month: "short" });
const shortOfYear = new Intl.DateTimeFormat(undefined, { day: "numeric", month: "short", year: "numeric" });
const exact = new Intl.DateTimeFormat(undefined, { dateStyle: "full", timeStyle: "medium" });

export function timeOf(at: string): string {
  return clock.format(new Date(at));
}

export function exactTimeOf(at: string): string {
  return exact.format(new Date(at));
}

/** The day as its viewer counts it, with the year where that is another. */
export function dayOf(at: string, now = new Date()): string {
  const date = new Date(at);
  if (date.toDateString() === now.toDateString()) return "Today";
  // By the calendar: the day on which clocks change is not 24 hours long.
  const yesterday = new Date(now.getFullYear(), now.getMonth(), now.getDate() - 1);
  if (date.toDateString() === yesterday.toDateString()) return "Yesterday";
  return (isOfYear(date, now) ? weekday : dayOfYear).format(date);
}

/** Short enough for a list: the time of today, the day of before. */
export function whenOf(at: string, now = new Date()): string {
  const date = new Date(at);
  if (date.toDateString() === now.toDateString()) return clock.format(date);
  return (isOfYear(date, now) ? short : shortOfYear).format(date);
}

function isOfYear(date: Date, now: Date): boolean {
  return date.getFullYear() === now.getFullYear();
}
