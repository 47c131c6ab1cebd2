import { expect, test } from "vitest";
import { draftOfOther } from "./use-draft.ts";

test("a box follows what another tab makes of its draft, or has sent, unless it is typed in itself", () => {
  expect(draftOfOther({ key: "c", newValue: "Hello" }, "c", false)).toBe("Hello");
  expect(draftOfOther({ key: "c", newValue: null }, "c", false)).toBe("");
  expect(draftOfOther({ key: "c", newValue: null }, "c", true)).toBeUndefined();
  expect(draftOfOther({ key: "other", newValue: "Hello" }, "c", false)).toBeUndefined();
});
