import { expect, test } from "vitest";
import { waits } from "./queue.ts";

test("a dead worker's jobs go on within a minute: it is believed for a while, found at a beat and its jobs at a look", () => {
  expect(waits.patience + waits.beat + waits.look).toBeLessThanOrEqual(60_000);
  // One beat that comes late is no death.
  expect(waits.patience).toBeGreaterThanOrEqual(3 * waits.beat);
});
