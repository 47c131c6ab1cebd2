import { TZDate } from "@date-fns/tz";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { endOfQuiet, nextHour, nextLocal, weekdays } from "./local-clock.ts";
import { decide } from "./policy.ts";

// Zones of both hemispheres: jumps of an hour, of half an hour, at midnight, the other way round, of a whole day, and none.
const zones = [
  "Europe/Zurich",
  "America/New_York",
  "America/St_Johns",
  "America/Santiago",
  "Australia/Sydney",
  "Australia/Lord_Howe",
  "Pacific/Auckland",
  "Africa/Casablanca",
  "Asia/Kathmandu",
  "UTC",
  "Pacific/Apia",
];
const zone = fc.constantFrom(...zones);
// Around changes of the clock as well as anywhere in twenty years.
const changes = [
  "2026-03-08T07:00:00Z",
  "2026-03-29T01:00:00Z",
  "2026-04-04T15:00:00Z",
  "2026-09-06T04:00:00Z",
  "2026-10-03T15:30:00Z",
  "2026-10-25T01:00:00Z",
  "2026-11-01T06:00:00Z",
  "2011-12-30T10:00:00Z",
];
const minuteMs = 60_000;
const hourMs = 60 * minuteMs;
const shift = (at: Date | string, ms: number) => new Date(new Date(at).getTime() + ms);
const moment = fc.oneof(
  fc.date({ min: new Date("2010-01-01"), max: new Date("2030-01-01"), noInvalidDate: true }),
  fc
    .tuple(fc.constantFrom(...changes), fc.integer({ min: -2160, max: 2160 }))
    .map(([change, minutes]) => shift(change, minutes * minuteMs)),
);
const pad = (n: number) => String(n).padStart(2, "0");
const clock = fc.integer({ min: 0, max: 95 }).map((n) => `${pad(Math.floor(n / 4))}:${pad((n % 4) * 15)}`);
const hours = fc.record({ from: clock, to: clock }).filter(({ from, to }) => from !== to);
const runs = { numRuns: 1000, seed: 20_261_126 };

/** What the clock on the wall shows, by another reader of zones than the one under test. */
function wallAt(timeZone: string, at: Date): string {
  return new TZDate(at, timeZone).toTimeString().slice(0, 5);
}

function dayAt(timeZone: string, at: Date): string {
  return new TZDate(at, timeZone).toDateString();
}

function offsetAt(timeZone: string, at: Date): number {
  return new TZDate(at, timeZone).getTimezoneOffset();
}

/** The wall shows a time at an instant, or the clock jumped over it just then. */
function expectShown(timeZone: string, at: Date, time: string): void {
  if (wallAt(timeZone, at) !== time) expect(offsetAt(timeZone, shift(at, -1))).not.toBe(offsetAt(timeZone, at));
}

describe("the next time of a day", () => {
  test("is after now, within a day and what the clocks change, and what the wall then shows", () => {
    fc.assert(
      fc.property(zone, clock, moment, (timeZone, time, now) => {
        const next = nextLocal(timeZone, time, now);
        expect(next > now).toBe(true);
        const longest = timeZone === "Pacific/Apia" ? 48 : 26;
        expect(next.getTime() - now.getTime()).toBeLessThanOrEqual(longest * hourMs);
        expectShown(timeZone, next, time);
      }),
      runs,
    );
  });

  test("is on every day of a year once, whatever the clocks do", () => {
    for (const timeZone of zones)
      for (const time of ["00:00", "00:30", "01:30", "02:00", "02:30", "03:00", "09:00"]) {
        const days: string[] = [];
        let at = nextLocal(timeZone, time, new Date("2026-01-01T12:00:00Z"));
        for (; days.length < 365; at = nextLocal(timeZone, time, at)) days.push(dayAt(timeZone, at));
        expect(new Set(days).size, `${timeZone} ${time}`).toBe(365);
        expect(at.getTime(), `${timeZone} ${time}`).toBeLessThan(Date.parse("2027-01-02T14:00:00Z"));
      }
  });

  test("is on the weekday that is named", () => {
    fc.assert(
      fc.property(zone, clock, moment, fc.constantFrom(...weekdays), (timeZone, time, now, weekday) => {
        const next = nextLocal(timeZone, time, now, weekday);
        const shown = weekdays[(new TZDate(next, timeZone).getDay() + 6) % 7];
        if (wallAt(timeZone, next) === time) expect(shown).toBe(weekday);
        expect(next > now).toBe(true);
        expect(next.getTime() - now.getTime()).toBeLessThanOrEqual(8 * 24 * hourMs);
      }),
      runs,
    );
  });

  test("the next hour is full where the person is", () => {
    fc.assert(
      fc.property(zone, moment, (timeZone, now) => {
        const next = nextHour(timeZone, now);
        expect(next > now).toBe(true);
        expect(next.getTime() - now.getTime()).toBeLessThanOrEqual(hourMs);
        if (offsetAt(timeZone, now) === offsetAt(timeZone, next)) expect(wallAt(timeZone, next)).toMatch(/:00$/);
      }),
      runs,
    );
  });
});

describe("quiet hours", () => {
  test("end when they should and not before: at the end it is over, until then it is the same end", () => {
    fc.assert(
      fc.property(zone, hours, moment, fc.double({ min: 0, max: 1, noNaN: true }), (timeZone, quiet, now, part) => {
        const end = endOfQuiet(timeZone, quiet, now);
        if (end === undefined) return;
        expect(end > now).toBe(true);
        expect(endOfQuiet(timeZone, quiet, end)).toBeUndefined();
        const between = shift(now, Math.floor((end.getTime() - now.getTime() - 1) * part));
        expect(endOfQuiet(timeZone, quiet, between)).toEqual(end);
        expectShown(timeZone, end, quiet.to);
      }),
      runs,
    );
  });

  test("are what the wall says on every day on which the clocks do not change", () => {
    fc.assert(
      fc.property(zone, hours, moment, (timeZone, quiet, now) => {
        const offsets = [-26, 0, 26].map((away) => offsetAt(timeZone, shift(now, away * hourMs)));
        if (new Set(offsets).size > 1) return;
        const wall = wallAt(timeZone, now);
        const { from, to } = quiet;
        const inside = from < to ? from <= wall && wall < to : wall >= from || wall < to;
        expect(endOfQuiet(timeZone, quiet, now) !== undefined).toBe(inside);
      }),
      runs,
    );
  });

  const night = ["22:00", "07:00"];
  test.each([
    ["spring in Zurich, an hour shorter", "Europe/Zurich", night, "2026-03-28T22:00:00Z", "2026-03-29T05:00:00Z"],
    ["autumn in Zurich, an hour longer", "Europe/Zurich", night, "2026-10-24T21:00:00Z", "2026-10-25T06:00:00Z"],
    ["an end that is jumped over", "Europe/Zurich", ["22:00", "02:30"], "2026-03-28T22:00:00Z", "2026-03-29T01:00:00Z"],
    ["an end that comes twice", "Europe/Zurich", ["22:00", "02:30"], "2026-10-24T21:00:00Z", "2026-10-25T00:30:00Z"],
    ["autumn in Sydney", "Australia/Sydney", night, "2026-04-04T12:00:00Z", "2026-04-04T21:00:00Z"],
    ["spring in Sydney", "Australia/Sydney", night, "2026-10-03T13:00:00Z", "2026-10-03T20:00:00Z"],
    ["half an hour on Lord Howe", "Australia/Lord_Howe", night, "2026-10-03T12:00:00Z", "2026-10-03T20:00:00Z"],
    ["a midnight jumped over", "America/Santiago", ["20:00", "00:30"], "2026-09-06T01:00:00Z", "2026-09-06T04:00:00Z"],
  ])("%s", (_name, timeZone, [from = "", to = ""], now, end) => {
    expect(endOfQuiet(timeZone, { from, to }, new Date(now))).toEqual(new Date(end));
  });

  test("that are jumped over whole are none", () => {
    for (let minutes = -120; minutes <= 120; minutes += 5) {
      const at = shift("2026-03-29T01:00:00Z", minutes * minuteMs);
      expect(endOfQuiet("Europe/Zurich", { from: "02:15", to: "02:45" }, at)).toBeUndefined();
    }
  });
});

test("whatever somebody chose, what is held is held to a time after now, and goes out then", () => {
  const chosen = fc.record({
    timezone: zone,
    pausedUntil: fc.option(moment),
    quietHours: fc.tuple(hours, fc.boolean()).map(([quiet, enabled]) => ({ ...quiet, enabled })),
    digest: fc.record({
      every: fc.constantFrom("off" as const, "hourly" as const, "daily" as const, "weekly" as const),
      at: clock,
      weekday: fc.constantFrom(...weekdays),
    }),
  });
  fc.assert(
    fc.property(chosen, moment, (choice, now) => {
      const known = {
        userId: "ada",
        type: "News",
        required: false,
        defaults: { channels: { inApp: true, email: true }, by: "tenant" as const },
        choices: { ofType: {}, ofAll: {} },
        mute: "none" as const,
        ...choice,
      };
      const ask = { channel: "email" as const, priority: "Normal" as const };
      const decision = decide(known, { ...ask, now });
      if (decision.outcome === "send") return;
      if (decision.outcome === "stop") throw new Error("nothing stops it");
      expect(decision.until > now).toBe(true);
      // What the digest held is sent by the digest: nothing else may hold it longer.
      const then = { ...known, digest: { ...known.digest, every: "off" as const } };
      expect(decide(then, { ...ask, now: decision.until }).outcome).toBe("send");
    }),
    runs,
  );
});
