import { expect, test } from "vitest";
import { verdictOf } from "./readiness.ts";

const checks = { database: true, bus: true, seed: true, web: true, draining: false };

test.each([
  [
    { status: "ready", checks },
    { good: true, text: "Everything runs" },
  ],
  [
    { status: "ready", checks: { ...checks, bus: false } },
    { good: false, text: "Ready, but not everything runs" },
  ],
  [
    { status: "not-ready", checks: { ...checks, database: false } },
    { good: false, text: "Not ready yet" },
  ],
  [
    { status: "not-ready", checks: { ...checks, draining: true } },
    { good: false, text: "Not ready yet" },
  ],
])("of %j it is said how all is", (readiness, verdict) => {
  expect(verdictOf(readiness)).toEqual(verdict);
});
