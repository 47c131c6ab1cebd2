import { expect, test } from "vitest";
import { spreadOut } from "./spread-out.ts";

/** How many were met at which ms, on a machine whose sleeps take so long. */
async function turnsOf(count: number, overMs: number, sleepMs: number): Promise<Map<number, number>> {
  let now = 0;
  const turns = new Map<number, number>();
  const clock = {
    now: () => now,
    sleep: async () => {
      now += sleepMs;
    },
  };
  const met = new Set<number>();
  const act = (one: number) => {
    met.add(one);
    turns.set(now, (turns.get(now) ?? 0) + 1);
  };
  await spreadOut(Array.from(Array(count).keys()), overMs, act, clock);
  expect(met.size).toBe(count);
  return turns;
}

test("few are met at once", async () => {
  expect([...(await turnsOf(10, 3000, 20))]).toEqual([[0, 10]]);
  expect(await turnsOf(0, 3000, 20)).toEqual(new Map());
});

test("many are spread over the whole time, never more than their share in a turn", async () => {
  const turns = await turnsOf(10_000, 3000, 20);
  expect(Math.max(...turns.keys())).toBeLessThanOrEqual(3000);
  expect(Math.max(...turns.keys())).toBeGreaterThan(2900);
  expect(Math.max(...turns.values())).toBeLessThanOrEqual(67);
});

test("a machine that is slow is done in time all the same", async () => {
  expect(Math.max(...(await turnsOf(10_000, 3000, 900)).keys())).toBeLessThanOrEqual(3600);
});
