import { expect, onTestFinished, test, vi } from "vitest";
import { Live, type LiveOptions } from "./live.ts";
import type { Transport } from "./transport.ts";

test("where the better transport is never answered it is tried once at a time, and ever more seldom", async () => {
  vi.useFakeTimers();
  onTestFinished(() => void vi.useRealTimers());
  let tries = 0;
  const swallowed: Transport = ({ onClose }) => {
    tries++;
    return { close: onClose };
  };
  const makeshift: Transport = ({ onOpen, onClose }) => {
    queueMicrotask(onOpen);
    return { close: onClose };
  };
  let link = "";
  const live = new Live({
    ...{ transports: [swallowed, swallowed, swallowed, makeshift], tokens: { current: async () => "token" } },
    ...{ probe: async () => undefined, onLink: (next: string) => (link = next) },
  } as unknown as LiveOptions);
  live.start();
  await vi.advanceTimersByTimeAsync(40_000);
  expect([tries, link]).toEqual([3, "live"]);
  await vi.advanceTimersByTimeAsync(75_000);
  expect([tries, link]).toEqual([4, "live"]);
  await vi.advanceTimersByTimeAsync(80_000);
  expect([tries, link]).toEqual([4, "live"]);
  await vi.advanceTimersByTimeAsync(24 * 3_600_000);
  expect(tries).toBeLessThan(60);
  live.stop();
});
