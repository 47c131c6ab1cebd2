import { expect, test } from "vitest";
import { gapBefore, gapText } from "./gaps.ts";

test("finds and names what is missing between two messages, and nothing where numbers follow each other", () => {
  const seqs = [4, 5, 7, 11];
  expect(seqs.map((_, index) => gapBefore(seqs, index))).toEqual([
    undefined,
    undefined,
    { from: 6, to: 6 },
    { from: 8, to: 10 },
  ]);
  expect([gapText({ from: 6, to: 6 }), gapText({ from: 8, to: 10 })]).toEqual([
    "Message 6 is missing",
    "Messages 8 to 10 are missing",
  ]);
});
