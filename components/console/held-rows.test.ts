import { expect, test } from "vitest";
import { holdRows } from "./held-rows.ts";

const row = (id: string, says = "") => ({ id, says });
const hold = (shown: ReturnType<typeof row>[], now: ReturnType<typeof row>[]) => holdRows(shown, now, ({ id }) => id);
const [a, b, c] = [row("a"), row("b"), row("c")];

test("what comes is counted and moves nothing", () => {
  expect(hold([b, c], [row("new"), a, b, c])).toEqual({ rows: [b, c], fresh: 2 });
});

test("what goes keeps its place, and what changes shows it there", () => {
  const changed = row("c", "changed");
  expect(hold([a, b, c], [b, changed])).toEqual({ rows: [a, b, changed], fresh: 0 });
});

test("what comes up from the next page in the place of what is gone is no news", () => {
  expect(hold([a, b], [b, c])).toEqual({ rows: [a, b], fresh: 0 });
});

test("where none of them is left, all that is there is news", () => {
  expect(hold([a, b], [row("x"), row("y")])).toEqual({ rows: [a, b], fresh: 2 });
});

test("where nothing has changed the rows are the very same", () => {
  const shown = [a, b];
  expect(hold(shown, [row("new"), a, b]).rows).toBe(shown);
});
