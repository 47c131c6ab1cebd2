import { afterEach, describe, expect, test } from "vitest";
import { localInstant } from "./policy.ts";

// Servers stand anywhere: what they answer must not depend on the zone of their own clock.

const own = process.env.TZ;
afterEach(() => {
  if (own === undefined) delete process.env.TZ;
  else process.env.TZ = own;
});

const ofServer = ["UTC", "Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "Africa/Cairo"];
const zones = [
  "Europe/London",
  "Europe/Berlin",
  "America/New_York",
  "America/St_Johns",
  "America/Santiago",
  "Australia/Sydney",
  "Australia/Lord_Howe",
  "Pacific/Chatham",
  "Africa/Cairo",
  "Africa/Casablanca",
  "Asia/Kathmandu",
  "UTC",
];
const quarter = 15 * 60_000;
const [begin, end] = [Date.parse("2026-01-01T00:00Z"), Date.parse("2027-01-01T00:00Z")];

/** What a zone's clocks show in 2026 → when they show it first, by another reader of zones than the one under test. */
function shownIn(timeZone: string): Map<string, number> {
  const clock = new Intl.DateTimeFormat("sv", { timeZone, dateStyle: "short", timeStyle: "short" });
  const shown = new Map<string, number>();
  for (let at = begin; at < end; at += quarter) {
    const wall = clock.format(at).replace(" ", "T");
    if (!shown.has(wall)) shown.set(wall, at);
  }
  return shown;
}

describe.each(ofServer)("of a server whose own clock is that of %s", (TZ) => {
  test.each([
    ["after the hour that comes twice", "2026-10-25T02:00", "Europe/London", "2026-10-25T02:00:00.000Z"],
    ["the first of two in Berlin", "2026-10-25T02:30", "Europe/Berlin", "2026-10-25T00:30:00.000Z"],
    ["the first of two in New York", "2026-11-01T01:30", "America/New_York", "2026-11-01T05:30:00.000Z"],
    ["when only the server's clock jumps", "2026-03-29T02:30", "Africa/Cairo", "2026-03-29T00:30:00.000Z"],
    ["jumped over, an hour later", "2026-03-29T02:30:15", "Europe/Berlin", "2026-03-29T01:30:15.000Z"],
    ["jumped over, half an hour later", "2026-10-04T02:10", "Australia/Lord_Howe", "2026-10-03T15:40:00.000Z"],
  ])("a local time is %s", (_, local, zone, instant) => {
    process.env.TZ = TZ;
    expect(localInstant(local, zone).toISOString()).toBe(instant);
  });
});

test.each(zones)("each local time of a year in %s is when its clocks first show it", (zone) => {
  process.env.TZ = "Europe/Berlin";
  const wrong = [...shownIn(zone)].filter(([wall, at]) => localInstant(wall, zone).getTime() !== at);
  expect(wrong).toEqual([]);
});
