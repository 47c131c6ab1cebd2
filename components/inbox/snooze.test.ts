import { describe, expect, it } from "vitest";
import { snoozeChoices } from "./snooze.ts";

const labels = (now: Date) => snoozeChoices(now).map(({ label }) => label);

describe("the times to snooze until", () => {
  it("lie ahead, whatever day and hour it is", () => {
    for (let day = 1; day <= 7; day++)
      for (let hour = 0; hour < 24; hour++) {
        const now = new Date(2026, 5, day, hour, 30);
        for (const { until } of snoozeChoices(now)) expect(until.getTime()).toBeGreaterThan(now.getTime());
      }
  });

  it("leave the evening out when it is there, and go from a Monday to the next", () => {
    expect(labels(new Date(2026, 5, 1, 9))).toContain("This evening");
    expect(labels(new Date(2026, 5, 1, 17, 30))).not.toContain("This evening");
    const monday = snoozeChoices(new Date(2026, 5, 1, 9)).at(-1)?.until;
    expect([monday?.getDay(), monday?.getDate(), monday?.getHours()]).toEqual([1, 8, 8]);
  });
});
