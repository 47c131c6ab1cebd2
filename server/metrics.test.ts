import { expect, test } from "vitest";
import { registry } from "./metrics.ts";

test("a scrape right after another one gives numbers, and of the event loop's delay what the other one gave", async () => {
  const scrape = async () =>
    Object.fromEntries(
      (await registry.metrics())
        .split("\n")
        .filter((line) => /^nodejs_eventloop_lag_(?!seconds)/.test(line))
        .map((line) => line.split(" ")),
    );
  await expect.poll(async () => Number((await scrape()).nodejs_eventloop_lag_mean_seconds)).toBeGreaterThan(0);
  await scrape();
  const first = await scrape();
  const second = await scrape();
  expect(Object.keys(second)).toHaveLength(7);
  for (const [name, value] of Object.entries(second)) {
    expect(Number(value), name).toBeLessThan(1000);
    expect(value, name).toBe(first[name]);
  }
});
