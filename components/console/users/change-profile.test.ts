import { expect, test } from "vitest";
import { differing } from "../differing.ts";
import { changeProfile, choicesOf, shownOf } from "./change-profile.ts";

test("a profile keeps what was stored since it was shown, and what is emptied is cleared", async () => {
  const shown = { userId: "ada", displayName: "Ada", email: "old@example.com", locale: "en", metadata: { a: 1 } };
  const now = { ...shown, email: "new@example.com", metadata: { a: 2 } };
  const put: unknown[] = [];
  const client = {
    users: { get: { query: async () => now }, put: { mutate: async (asked: unknown) => put.push(asked) } },
  } as unknown as Parameters<typeof changeProfile>[0];
  const began = choicesOf(shown);
  await changeProfile(client, "ada", differing({ ...began, timezone: "Europe/London", locale: "" }, began));
  expect(put).toEqual([
    { userId: "ada", displayName: "Ada", email: "new@example.com", timezone: "Europe/London", metadata: { a: 2 } },
  ]);
});

test("what a box cannot show, such as a line break, is no change", () => {
  const began = shownOf({ userId: "ada", displayName: "Ada\nLovelace ", metadata: {} });
  expect(differing({ ...began, displayName: "AdaLovelace", locale: "en" }, began)).toEqual({ locale: "en" });
});
