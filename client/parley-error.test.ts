import { expect, test } from "vitest";
import { ParleyError, sentenceOf } from "./parley-error.ts";

test("a person is told which field was refused and why, where the service says it", () => {
  const title = "The request is not valid";
  const errors = { content: ["must be at most 16 KiB of text"] };
  expect(sentenceOf(new ParleyError(400, { title, errors }))).toBe(
    "The request is not valid: content must be at most 16 KiB of text",
  );
  expect(sentenceOf(new ParleyError(403, { title: "x", detail: "Only the owner may" }))).toBe("Only the owner may");
});
