import { expect, test } from "vitest";
import type { LiveEvent } from "../../client/types.ts";
import { keepUrgent, sayNew } from "./notification-announcer.tsx";

const come = (subject: string, priority = "Normal"): LiveEvent => ({
  type: "notification.created",
  data: { subject, priority },
});

test("one is said by its subject, and a burst of them by its number", () => {
  expect(sayNew([come("Ferry at nine")])).toBe("New notification: Ferry at nine");
  expect(sayNew([come("Leak", "Urgent")])).toBe("Urgent notification: Leak");
  expect(sayNew(["a", "b", "c", "d", "e"].map((subject) => come(subject)))).toBe("5 new notifications");
});

test("what another voice of the page has said is not said again", () => {
  const [first, second] = [come("First"), come("Second")];
  expect(sayNew([first])).toBe("New notification: First");
  expect(sayNew([first])).toBeUndefined();
  expect(sayNew([first, second])).toBe("New notification: Second");
  const urgent = come("Leak", "Urgent");
  for (const event of [urgent, first]) keepUrgent(event);
  expect(sayNew([urgent])).toBeUndefined();
});
