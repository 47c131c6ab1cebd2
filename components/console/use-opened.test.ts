import { expect, test } from "vitest";
import { isElsewhere, openedOf, openingFrom } from "./use-opened.ts";

test("an open row stays when newer ones push it off the page, and no other list's does", () => {
  const row = { id: "1", outcome: "begun" };
  expect(openedOf([row], "1", undefined)).toBe(row);
  expect(openedOf([{ id: "2", outcome: "ok" }], "1", row)).toBe(row);
  expect(openedOf([{ id: "1", outcome: "ok" }], "1", row)).toEqual({ id: "1", outcome: "ok" });
  expect(openedOf([{ id: "2", outcome: "ok" }], null, row)).toBeUndefined();
  expect(openedOf([], "3", row)).toBeUndefined();
});

test("a row that a link names is asked for alone where the page does not have it", () => {
  expect(isElsewhere([{ id: "2" }], "1")).toBe(true);
  expect(isElsewhere([{ id: "1" }], "1")).toBe(false);
  expect(isElsewhere(undefined, "1"), "the page is not there yet").toBe(false);
  expect(isElsewhere([], null)).toBe(false);
});

test("opening a drawer is a step that Back takes back, and stepping through rows in it is none", () => {
  expect(openingFrom(null)).toEqual({ history: "push" });
  expect(openingFrom("1")).toEqual({ history: "replace" });
});
