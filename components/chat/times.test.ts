import { afterEach, describe, expect, it } from "vitest";
import { dayOf } from "./times.ts";

describe("the day of a message", () => {
  const zone = process.env.TZ;
  afterEach(() => {
    if (zone === undefined) delete process.env.TZ;
    else process.env.TZ = zone;
  });

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
