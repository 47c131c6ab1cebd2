import { expect, test } from "vitest";
import { initialsOf } from "./initials.ts";

test.each([
  ["Ada Marques", "AM"],
  ["ben", "B"],
  ["", "?"],
  ["שלום לעבה 🚢🚢🚢", "ש🚢"],
  ["e\u0301lan", "E\u0301"],
  ["👩🏽‍🚀 🇵🇹🇪🇸", "👩🏽‍🚀🇵🇹"],
])("the initials of %j are whole: %j", (name, initials) => {
  expect(initialsOf(name)).toBe(initials);
});
