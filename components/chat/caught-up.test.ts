import { expect, test } from "vitest";
import { caughtUp } from "./caught-up.ts";

test("what was caught up is what came in one's chats, and no chat that one is in since, or no more", () => {
  expect(caughtUp({ pier: 5, deck: 30 }, { pier: 7, deck: 30 })).toBe(2);
  expect(caughtUp({ pier: 5, deck: 30 }, { pier: 6 })).toBe(1);
  expect(caughtUp({ pier: 5 }, { pier: 5, lounge: 5_000 })).toBe(0);
});
