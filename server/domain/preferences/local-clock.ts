import { tzOffset } from "@date-fns/tz";

const minuteMs = 60_000;
const hourMs = 60 * minuteMs;
const dayMs = 24 * hourMs;

/** A time of day as people write it, `HH:MM`. */
export type ClockTime = string;

/** Names of the days, in ISO's order. */
export const weekdays = ["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"] as const;
export type Weekday = (typeof weekdays)[number];

/** What the clock on a wall shows, in ms since 1970 as if it were UTC. */
function wallOf(zone: string, at: number): number {
  return at + tzOffset(zone, new Date(at)) * minuteMs;
}

/** Instants at which the clocks of a zone may show a time, the earlier one first; where they jump over it they show it at neither. */
function candidatesOf(zone: string, wall: number): number[] {
  // The offset of the day before or that of the day after is in force, or the jump from one to the other is just here.
  const offsets = [wall - dayMs, wall + dayMs].map((at) => tzOffset(zone, new Date(at)) * minuteMs);
  return offsets.map((offset) => wall - offset).sort((a, b) => a - b);
}

/** The first instant at which the clocks of a zone show a time; one that they jump over is as much later as they jump. */
export function instantOrLater(zone: string, wall: number): number {
  const candidates = candidatesOf(zone, wall);
  return candidates.find((at) => wallOf(zone, at) === wall) ?? Math.max(...candidates);
}

/**
 * The first instant at which the clocks of a zone show a time or, where they jump over it, a later one. Of a time that they show
 * twice it is the first.
 */
function instantOf(zone: string, wall: number): number {
  const candidates = candidatesOf(zone, wall);
  const shown = candidates.find((at) => wallOf(zone, at) === wall);
  if (shown !== undefined) return shown;
  let [before = 0, after = 0] = [Math.min(...candidates) - hourMs, Math.max(...candidates) + hourMs];
  while (after - before > 1) {
    const middle = Math.floor((before + after) / 2);
    if (wallOf(zone, middle) < wall) before = middle;
    else after = middle;
  }
  return after;
}

/** Midnight, as the wall shows it, of the day that it is in a zone. */
function dayOf(zone: string, at: number): number {
  return Math.floor(wallOf(zone, at) / dayMs) * dayMs;
}

function msOf(time: ClockTime): number {
  const [hours = 0, minutes = 0] = time.split(":").map(Number);
  return hours * hourMs + minutes * minuteMs;
}

/** The next time after `after` that it is `time` in a zone; on that weekday, if one is named. */
export function nextLocal(zone: string, time: ClockTime, after: Date, weekday?: Weekday): Date {
  const today = dayOf(zone, after.getTime());
  // A zone that changes sides of the date line leaves a day out: nine days hold every weekday all the same.
  for (let day = -1; day <= 9; day++) {
    const midnight = today + day * dayMs;
    if (weekday !== undefined && weekdays[(new Date(midnight).getUTCDay() + 6) % 7] !== weekday) continue;
    const at = instantOf(zone, midnight + msOf(time));
    if (at > after.getTime()) return new Date(at);
  }
  throw new RangeError(`${zone} has no ${time} in the days after ${after.toISOString()}`);
}

/** The next full hour of a zone. */
export function nextHour(zone: string, after: Date): Date {
  const past = ((wallOf(zone, after.getTime()) % hourMs) + hourMs) % hourMs;
  return new Date(after.getTime() + hourMs - past);
}

interface Hours {
  from: ClockTime;
  to: ClockTime;
}

/**
 * When quiet hours that hold at `at` end; undefined outside of them. They may lie over midnight. They begin the first time that the
 * clocks show `from` on a day and end the first time that they show `to`; where both are the same there are none.
 */
export function endOfQuiet(zone: string, hours: Hours, at: Date): Date | undefined {
  if (hours.from === hours.to) return undefined;
  let end: Date | undefined;
  // Where the clocks jump over what lies between two nights, one goes on as the other.
  for (let night = 0; night < 3; night++) {
    const next = endOfNight(zone, hours, (end ?? at).getTime());
    if (next === undefined) return end;
    end = new Date(next);
  }
  return end;
}

function endOfNight(zone: string, hours: Hours, at: number): number | undefined {
  const today = dayOf(zone, at);
  const nights = msOf(hours.to) <= msOf(hours.from) ? dayMs : 0;
  for (const midnight of [today - dayMs, today]) {
    const begin = instantOf(zone, midnight + msOf(hours.from));
    const end = instantOf(zone, midnight + msOf(hours.to) + nights);
    if (begin <= at && at < end) return end;
  }
  return undefined;
}
