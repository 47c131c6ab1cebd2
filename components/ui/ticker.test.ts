import { afterEach, expect, test, vi } from "vitest";
import { makeTicker } from "./ticker.ts";

afterEach(() => {
  vi.useRealTimers();
});

test("one timer tells all who look, as long as there is one", () => {
  vi.useFakeTimers();
  const onTick = makeTicker(20_000);
  const [one, other] = [vi.fn(), vi.fn()];
  const leave = onTick(one);
  vi.advanceTimersByTime(5_000);
  const leaveToo = onTick(other);
  expect(vi.getTimerCount()).toBe(1);
  vi.advanceTimersByTime(15_000);
  expect([one, other].map(({ mock }) => mock.calls.length)).toEqual([1, 1]);
  leave();
  vi.advanceTimersByTime(20_000);
  expect([one, other].map(({ mock }) => mock.calls.length)).toEqual([1, 2]);
  leaveToo();
  expect(vi.getTimerCount()).toBe(0);
});
