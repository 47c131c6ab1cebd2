import { expect, test } from "vitest";
import { readObject } from "./json-field.tsx";

test("an object is read, nothing is an empty one, and all else is none", () => {
  expect(readObject('{"line":"Montijo"}')).toEqual({ line: "Montijo" });
  expect(readObject("  ")).toEqual({});
  for (const text of ["[]", "1", "null", "{", '"x"']) expect(readObject(text)).toBeUndefined();
});
