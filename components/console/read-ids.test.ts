import { expect, test } from "vitest";
import { readIds } from "./read-ids.ts";

test.each([
  ["ada, ben,,carla", ["ada", "ben", "carla"]],
  ["ada\r\nben\n\n carla \n", ["ada", "ben", "carla"]],
  ["ada\tben; carla", ["ada", "ben", "carla"]],
  ["ada\nben\nada", ["ada", "ben"]],
  ["dora lee, ben", ["dora lee", "ben"]],
  [" ,\n;", []],
])("of %j each id once, with its blanks", (text, ids) => {
  expect(readIds(text)).toEqual(ids);
});
