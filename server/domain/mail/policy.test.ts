import { expect, test } from "vitest";
import { backoff, breakFor, patience } from "./policy.ts";

const [second, minute] = [1000, 60_000];
/** Chance in the middle: neither more nor less. */
const even = 0.5;

test("each wait is three times as long as the one before, up to an hour", () => {
  const waits = Array.from({ length: patience.attempts }, (_, n) => backoff(n + 1, patience, even));
  expect(waits.slice(0, 4).map((ms) => Math.round(ms / second))).toEqual([10, 30, 90, 270]);
  expect(waits.slice(6).every((ms) => ms === 60 * minute)).toBe(true);
  const all = waits.slice(0, -1).reduce((sum, ms) => sum + ms, 0);
  expect(all).toBeGreaterThan(23 * 60 * minute); // a mail is not given up in a day's outage
});

test("a server is left alone from the fifth fault in a row, each time twice as long, ten minutes at most", () => {
  const breaks = Array.from({ length: 20 }, (_, n) => breakFor(n, patience, even));
  expect(breaks.slice(0, 5)).toEqual([0, 0, 0, 0, 0]);
  expect(breaks.slice(5, 9).map((ms) => ms / second)).toEqual([30, 60, 120, 240]);
  expect(Math.max(...breaks)).toBe(10 * minute);
  expect(breaks.at(-1)).toBe(10 * minute);
});

test.each([
  ["backoff", backoff, 3],
  ["breakFor", breakFor, 7],
] as const)("%s is a fifth more or less by chance, and not always the same", (_name, wait, times) => {
  const middle = wait(times, patience, even);
  expect(wait(times, patience, 0)).toBeCloseTo(0.8 * middle);
  expect(wait(times, patience, 1)).toBeCloseTo(1.2 * middle);
  const drawn = Array.from({ length: 200 }, () => wait(times, patience));
  expect(Math.min(...drawn)).toBeGreaterThanOrEqual(0.8 * middle);
  expect(Math.max(...drawn)).toBeLessThanOrEqual(1.2 * middle);
  expect(new Set(drawn).size).toBeGreaterThan(100);
});
