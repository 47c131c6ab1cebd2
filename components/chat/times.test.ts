import { afterEach, describe, expect, it, test, vi } from "vitest";
import { dayOf, exactTimeOf, timeOf, whenOf } from "./times.ts";
import { todayAndZone } from "./use-today.ts";

const zone = process.env.TZ;
afterEach(() => {
  vi.useRealTimers();
  if (zone === undefined) delete process.env.TZ;
  else process.env.TZ = zone;
});

test("times are those of where one is by now, and a page that stays open is told that they are others", () => {
  vi.useFakeTimers({ now: new Date("2027-07-01T12:00:00Z"), toFake: ["Date"] });
  const at = "2027-07-01T10:30:00Z";
  const write = () => [timeOf(at), exactTimeOf(at), whenOf(at, new Date()), todayAndZone()];
  const go = (to: string) => {
    process.env.TZ = to;
    vi.setSystemTime(Date.now() + 20_000);
    return write();
  };
  const london = go("Europe/London");
  expect(london[0]).toMatch(/11.30/u);
  const tokyo = go("Asia/Tokyo");
  expect(tokyo[0]).toMatch(/0?7.30/u);
  for (const [at, words] of tokyo.entries()) expect(words).not.toBe(london[at]);
  expect(go("Europe/London")).toEqual(london);
  expect(go("Europe/Lisbon")[3], "of the same hour today, and of another before 1996").not.toBe(london[3]);
});

describe("the day of a message", () => {
  it("is yesterday by the calendar, also where a day has 23 or 25 hours", () => {
    process.env.TZ = "America/New_York";
    const early = new Date(2027, 2, 15, 0, 30);
    expect(dayOf(new Date(2027, 2, 14, 12).toISOString(), early)).toBe("Yesterday");
    expect(dayOf(new Date(2027, 2, 13, 23, 45).toISOString(), early)).not.toBe("Yesterday");
    const late = new Date(2027, 10, 7, 23, 30);
    expect(dayOf(new Date(2027, 10, 6, 12).toISOString(), late)).toBe("Yesterday");
    expect(dayOf(new Date(2027, 10, 7, 0, 15).toISOString(), late)).toBe("Today");
  });

  it("has its year where that is not this one", () => {
    const now = new Date(2027, 0, 5, 12);
    expect(dayOf(new Date(2026, 11, 30, 12).toISOString(), now)).toContain("2026");
    expect(dayOf(new Date(2027, 0, 2, 12).toISOString(), now)).not.toContain("2027");
  });
});
