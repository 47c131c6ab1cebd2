const FORMATS = {
  clock: { timeStyle: "short" },
  weekday: { weekday: "long", day: "numeric", month: "long" },
  dayOfYear: { dateStyle: "full" },
  short: { day: "numeric", month: "short" },
  shortOfYear: { day: "numeric", month: "short", year: "numeric" },
  exact: { dateStyle: "full", timeStyle: "medium" },
} satisfies Record<string, Intl.DateTimeFormatOptions>;
type Format = keyof typeof FORMATS;

/** To ask for the zone is slow, and a page of rows asks hundreds of times. */
const ZONE_HOLDS_MS = 1_000;
let zone = "";
let zoneAskedAt = 0;
/** Each keeps the zone in which it was made. */
let made: { zone: string; formatters: Partial<Record<Format, Intl.DateTimeFormat>> } = { zone, formatters: {} };

/** Where the viewer is by now: whoever travels changes it under a page that stays open. */
export function zoneNow(): string {
  const now = Date.now();
  if (Math.abs(now - zoneAskedAt) >= ZONE_HOLDS_MS) {
    zoneAskedAt = now;
    zone = new Intl.DateTimeFormat().resolvedOptions().timeZone;
  }
  return zone;
}

function write(format: Format, date: Date): string {
  if (made.zone !== zoneNow()) made = { zone, formatters: {} };
  made.formatters[format] ??= new Intl.DateTimeFormat(undefined, FORMATS[format]);
  return made.formatters[format].format(date);
}

export function timeOf(at: string): string {
  return write("clock", new Date(at));
}

export function exactTimeOf(at: string): string {
  return write("exact", new Date(at));
}

/** The day as its viewer counts it, with the year where that is another. */
export function dayOf(at: string, now = new Date()): string {
  const date = new Date(at);
  if (date.toDateString() === now.toDateString()) return "Today";
  // By the calendar: the day on which clocks change is not 24 hours long.
  const yesterday = new Date(now.getFullYear(), now.getMonth(), now.getDate() - 1);
  if (date.toDateString() === yesterday.toDateString()) return "Yesterday";
  return write(isOfYear(date, now) ? "weekday" : "dayOfYear", date);
}

/** Short enough for a list: the time of today, the day of before. */
export function whenOf(at: string, now = new Date()): string {
  const date = new Date(at);
  if (date.toDateString() === now.toDateString()) return write("clock", date);
  return write(isOfYear(date, now) ? "short" : "shortOfYear", date);
}

function isOfYear(date: Date, now: Date): boolean {
  return date.getFullYear() === now.getFullYear();
}
