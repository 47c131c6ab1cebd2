import { expect, test } from "vitest";
import type { Presence } from "../../client/types.ts";
import { Attendance } from "./attendance.ts";

const said = (state: "online" | "away") => ({ userId: "ada", state }) as Presence;

test("who comes back says so once, also when no event corrects what was heard", () => {
  const attendance = new Attendance();
  attendance.leave();
  const away = said("away");
  expect(attendance.isDue(away, 0)).toBe(true);
  expect([6_000, 60_000, 600_000].map((now) => attendance.isDue(away, now))).toEqual([false, false, false]);
});

test("another page that says away is contradicted, each time it says so, but not faster than the service's word comes round", () => {
  const attendance = new Attendance();
  expect(attendance.isDue(undefined, 0)).toBe(false);
  expect(attendance.isDue(said("online"), 0)).toBe(false);
  expect(attendance.isDue(said("away"), 0)).toBe(true);
  const again = said("away");
  expect(attendance.isDue(again, 1_000)).toBe(false);
  expect(attendance.isDue(again, 6_000)).toBe(true);
  expect(attendance.isDue(again, 60_000)).toBe(false);
});

test("what was not heard is said again", () => {
  const attendance = new Attendance();
  const away = said("away");
  expect(attendance.isDue(away, 0)).toBe(true);
  attendance.unheard();
  expect(attendance.isDue(away, 1_000)).toBe(false);
  expect(attendance.isDue(away, 6_000)).toBe(true);
});
