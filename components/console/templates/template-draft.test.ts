import { expect, test } from "vitest";
import { callOf, draftOf, previewOf, textOf, type Version } from "./template-draft.ts";

const version: Version = {
  version: 2,
  state: "draft",
  subject: "{{ line }} is late",
  message: "By {{ minutes }} minutes",
  required: ["line", "minutes"],
  sample: { line: "Montijo" },
  createdAt: "2026-11-26T08:00:00Z",
};

test("what was not changed is saved as it was", () => {
  const { subject, message, required, sample } = version;
  expect(callOf(draftOf(version))).toEqual({ subject, message, required, sample });
});

test("the preview is of the words in the editor, with the sample's values", () => {
  const draft = { ...draftOf(version), html: "<b>{{ line }}</b>", required: "line" };
  expect(previewOf(draft)).toEqual({
    draft: { subject: version.subject, message: version.message, html: "<b>{{ line }}</b>", required: ["line"] },
    variables: { line: "Montijo" },
  });
  expect(previewOf({ ...draft, sample: "{" })).toBeUndefined();
});

test("parts that a version does not have are no lines of its text", () => {
  expect(textOf(version)).not.toContain("── html");
  expect(textOf({ ...version, html: "<p>" })).toContain("── html\n<p>");
});
