import { expect, onTestFinished, test, vi } from "vitest";
import { untilLoaded } from "./until-loaded.ts";

// Another file of this process may have left a connection that sets a timer meanwhile.
test("a part that could not be loaded is asked for again, after a while or as soon as the line is back", {
  retry: 2,
}, async () => {
  vi.useFakeTimers();
  const line = new EventTarget();
  vi.stubGlobal("window", line);
  onTestFinished(() => {
    vi.useRealTimers();
    vi.unstubAllGlobals();
  });
  const load = vi.fn(async () => "part");
  for (let failures = 0; failures < 2; failures++) load.mockRejectedValueOnce(new Error("Failed to load chunk"));
  const loaded = vi.fn();
  const loading = untilLoaded(load)().then(loaded);
  await vi.advanceTimersByTimeAsync(0);
  expect(load).toHaveBeenCalledTimes(1);
  await vi.advanceTimersByTimeAsync(5_000);
  expect(load).toHaveBeenCalledTimes(2);
  line.dispatchEvent(new Event("online"));
  await loading;
  expect(loaded).toHaveBeenCalledExactlyOnceWith("part");
  expect(vi.getTimerCount()).toBe(0);
});
