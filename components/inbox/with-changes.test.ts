import { expect, test } from "vitest";
import type { Preferences } from "../../client/types.ts";
import { withChanges } from "./with-changes.ts";

const channel = { enabled: true, locked: false };
const before = {
  timezone: "UTC",
  quietHours: { enabled: false, from: "22:00", to: "07:00" },
  digest: { every: "off", at: "08:00", weekday: "monday" },
  categories: ["Delay", "*"].map((type) => ({
    ...{ type, title: type, required: false },
    channels: { inApp: channel, email: channel },
  })),
} as unknown as Preferences;

test("shows what was chosen, and leaves everything else as it is", () => {
  const off = withChanges(before, { categories: [{ type: "Delay", email: "off" }] });
  expect(off.categories.map(({ channels }) => [channels.inApp.enabled, channels.email.enabled])).toEqual([
    [true, false],
    [true, true],
  ]);
  expect(withChanges(off, { categories: [{ type: "Delay", email: "on" }] })).toEqual(before);
  expect(withChanges(before, { quietHours: { enabled: true } })).toEqual({
    ...before,
    quietHours: { enabled: true, from: "22:00", to: "07:00" },
  });
  expect(withChanges(before, { digest: { every: "weekly" } }).digest).toEqual({ ...before.digest, every: "weekly" });
  expect(withChanges(before, { timezone: "Asia/Tokyo" })).toEqual({ ...before, timezone: "Asia/Tokyo" });
  expect(withChanges(before, { categories: [{ type: "Nothing", email: "off" }], pause: "day" })).toEqual(before);
});
