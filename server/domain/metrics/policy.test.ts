import fc from "fast-check";
import { expect, test } from "vitest";
import { addCounts, latencyPlace, latencySteps, quantile } from "./policy.ts";

const count = (times: number[]) =>
  times.reduce<number[]>((counts, ms) => addCounts(counts, [...Array(latencyPlace(ms)).fill(0), 1]), []);

test("a share of calls is read off within the step that the true one is in", () => {
  const times = fc.array(fc.double({ min: 0, max: 9999, noNaN: true }), { minLength: 1, maxLength: 300 });
  fc.assert(
    fc.property(times, fc.constantFrom(0.5, 0.99), (some, share) => {
      const sorted = some.toSorted((a, b) => a - b);
      const truth = sorted[Math.max(0, Math.ceil(some.length * share) - 1)] ?? 0;
      const place = latencyPlace(truth);
      const read = quantile(count(some), share) ?? -1;
      expect(read).toBeGreaterThanOrEqual((latencySteps[place - 1] ?? 0) - 0.05);
      expect(read).toBeLessThanOrEqual((latencySteps[place] ?? 0) + 0.05);
    }),
  );
});

test("nothing has no quantile; what is beyond the last step is said as its end", () => {
  expect(quantile([], 0.5)).toBeUndefined();
  expect(quantile(count([60_000]), 0.5)).toBe(10_000);
});
