import { expect, test } from "vitest";
import { openedOf } from "./use-opened.ts";

test("an open row stays when newer ones push it off the page, and no other list's does", () => {
  const row = { id: "1", outcome: "begun" };
  expect(openedOf([row], "1", undefined)).toBe(row);
  expect(openedOf([{ id: "2", outcome: "ok" }], "1", row)).toBe(row);
  expect(openedOf([{ id: "1", outcome: "ok" }], "1", row)).toEqual({ id: "1", outcome: "ok" });
  expect(openedOf([{ id: "2", outcome: "ok" }], null, row)).toBeUndefined();
  expect(openedOf([], "3", row)).toBeUndefined();
});
