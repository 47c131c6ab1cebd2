import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { ShownMarker } from "./shown-marker.ts";

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

function open() {
  const marked: number[] = [];
  const marker = new ShownMarker((seq) => marked.push(seq));
  const pass = (ms: number) => vi.advanceTimersByTime(ms);
  return { marker, marked, pass };
}

test("what comes every moment is marked each second, up to what has been there for so long", () => {
  const { marker, marked, pass } = open();
  for (let seq = 1; seq <= 30; seq++) {
    marker.show(seq);
    pass(100);
  }
  expect(marked).toEqual([1, 10, 20]);
  pass(1_000);
  expect(marked).toEqual([1, 10, 20, 30]);
  pass(10_000);
  expect(marked).toHaveLength(4);
});

test("who goes back before the second is over has seen what is older", () => {
  const { marker, marked, pass } = open();
  marker.show(10);
  pass(500);
  marker.show(8);
  pass(5_000);
  marker.show(10);
  pass(999);
  expect(marked).toEqual([8]);
  pass(1);
  expect(marked).toEqual([8, 10]);
});

test("what nobody looks at is not marked, and its second begins anew", () => {
  const { marker, marked, pass } = open();
  marker.show(3);
  pass(900);
  marker.show(0);
  pass(5_000);
  marker.show(3);
  pass(900);
  marker.stop();
  pass(5_000);
  expect(marked).toEqual([]);
});
