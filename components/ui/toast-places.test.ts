import { expect, test } from "vitest";
import { type Place, placesOf } from "./toast-places.ts";

const none: ReadonlyMap<string, Place> = new Map();
const froms = (places: ReadonlyMap<string, Place>) =>
  Object.fromEntries([...places].map(([id, { from }]) => [id, from]));

test("one that comes lies above the others, and moves none of them", () => {
  const first = placesOf(none, [{ id: "a", height: 50 }]);
  const both = placesOf(first, [
    { id: "b", height: 70 },
    { id: "a", height: 50 },
  ]);
  expect(froms(both)).toEqual({ a: 0, b: 58 });
});

test("what goes leaves a gap, which the next one takes if it fits", () => {
  const both = placesOf(none, [
    { id: "b", height: 50 },
    { id: "a", height: 50 },
  ]);
  const left = placesOf(both, [{ id: "b", height: 50 }]);
  expect(froms(left)).toEqual({ b: 58 });
  expect(
    froms(
      placesOf(left, [
        { id: "c", height: 50 },
        { id: "b", height: 50 },
      ]),
    ),
  ).toEqual({ b: 58, c: 0 });
  expect(
    froms(
      placesOf(left, [
        { id: "c", height: 90 },
        { id: "b", height: 50 },
      ]),
    ),
  ).toEqual({ b: 58, c: 116 });
});

test("one that is not drawn yet has no place, and one that goes keeps its own", () => {
  const first = placesOf(none, [{ id: "a", height: 50 }]);
  const next = placesOf(first, [{ id: "b" }, { id: "a", height: 0 }]);
  expect(next).toBe(first);
});
