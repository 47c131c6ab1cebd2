import { expect, test } from "vitest";
import { pointOf, tickOf } from "./point-times.ts";

test("no two points of a chart have one name, whether they are of minutes or of hours", () => {
  const from = Date.parse("2026-11-05T00:00:00Z");
  for (const [step, count] of [
    [60, 60],
    [900, 96],
    [21_600, 120],
  ] as const) {
    const times = Array.from({ length: count }, (_none, at) => new Date(from + at * step * 1000).toISOString());
    expect(new Set(times.map((at) => pointOf(at, step))).size).toBe(count);
  }
});

test("an axis says days where the steps are of hours, and times where they are shorter", () => {
  const at = new Date(2026, 10, 5, 6).toISOString();
  expect(tickOf(at, 21_600)).toBe("5 Nov");
  expect(tickOf(at, 900)).toBe("06:00");
});
