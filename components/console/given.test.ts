import { expect, test } from "vitest";
import { given } from "./given.ts";

test("what is not set is no key at all: pages count the keys, and events are compared with each", () => {
  const filters = { userId: undefined, before: null, search: "", status: "sent", onlyNew: false, limit: 0 };
  expect(Object.entries(given(filters))).toEqual([
    ["status", "sent"],
    ["onlyNew", false],
    ["limit", 0],
  ]);
});
