import { expect, test, vi } from "vitest";
import { type Hanging, keepsSlot } from "./slot.ts";

/** Nobody's test waits for so long, in ms. */
const forever = 600_000;

test("where some work hangs, what comes after it leaves its slot at once; elsewhere and afterwards it is waited for", async () => {
  const hanging: Hanging = new Map();
  const ends: (() => void)[] = [];
  const start = (place: string, patience: number) => {
    const began = Date.now();
    const work = new Promise<void>((resolve) => ends.push(resolve));
    return keepsSlot(work, { hanging, place, patience, lastSign: () => began, onError: () => {} });
  };
  expect(await start("slow", 20)).toBe(false);
  expect(await start("slow", forever)).toBe(false);
  const live = start("live", forever);
  expect([...hanging.values()]).toEqual(["slow", "slow"]);
  for (const end of ends.splice(0)) end();
  expect(await live).toBe(true);
  await Promise.all(hanging.keys());
  expect(hanging.size).toBe(0);
  const next = start("slow", forever);
  expect(await Promise.race([next, new Promise((resolve) => setTimeout(resolve, 200, "waits"))])).toBe("waits");
  ends[0]?.();
  expect(await next).toBe(true);
});

test("work that only looks and finds nothing to do has its slot until it has looked", async () => {
  // It stands still, so that a machine that stalls here makes nothing late.
  vi.useFakeTimers({ toFake: ["Date"] });
  const began = Date.now();
  const hanging: Hanging = new Map([[new Promise<void>(() => {}), "slow"]]);
  const looks = new Promise<void>((resolve) => setTimeout(resolve, 5));
  const kept = await keepsSlot(looks, {
    hanging,
    place: "slow",
    patience: forever,
    lastSign: () => began,
    onError: () => {},
  });
  vi.useRealTimers();
  expect(kept).toBe(true);
});
