import { expect, test } from "vitest";
import type { Notification } from "../../client/types.ts";
import { byDay } from "./by-day.ts";

test("a day is named by the calendar of its viewer, whichever day it is now", () => {
  const at = (day: number, hour: number) => new Date(2027, 2, day, hour).toISOString();
  const notice = (createdAt: string, visibleAt?: string) => ({ createdAt, visibleAt }) as Notification;
  const items = [notice(at(14, 9)), notice(at(3, 0), at(14, 0)), notice(at(13, 23))];
  expect(byDay(items).map(({ day, at: newest, of }) => [day, newest, of.length])).toEqual([
    [new Date(2027, 2, 14).toDateString(), at(14, 9), 2],
    [new Date(2027, 2, 13).toDateString(), at(13, 23), 1],
  ]);
  expect(byDay([])).toEqual([]);
});
