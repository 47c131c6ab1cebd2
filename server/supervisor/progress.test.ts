import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { createProgress } from "./progress.ts";

const said: unknown[] = [];

beforeEach(() => {
  vi.useFakeTimers();
  said.length = 0;
  vi.spyOn(console, "log").mockImplementation((line) => said.push(line));
});
afterEach(() => {
  vi.useRealTimers();
  vi.restoreAllMocks();
});

test("a step says how long it took, and while it takes long that it is still at it", async () => {
  const { step } = createProgress();
  const done = step("Postgres", () => new Promise((resolve) => setTimeout(resolve, 20_000, "up")));
  await vi.advanceTimersByTimeAsync(60_000);
  expect(await done).toBe("up");
  expect(said).toEqual([
    "parley: Postgres … still at it, 8.0 s",
    "parley: Postgres … still at it, 16.0 s",
    "parley: Postgres: 20.0 s",
  ]);
});

test("a step that fails passes its fault on, and says nothing more", async () => {
  const fault = new Error("no");
  await expect(createProgress().step("web", () => Promise.reject(fault))).rejects.toBe(fault);
  await vi.advanceTimersByTimeAsync(60_000);
  expect(said).toEqual([]);
});
