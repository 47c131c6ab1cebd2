import { expect, test } from "vitest";
import {
  beginWriting,
  callOf,
  draftOf,
  follow,
  isTouched,
  previewOf,
  savedAs,
  textOf,
  type Version,
  type Writing,
} from "./template-draft.ts";

const version: Version = {
  version: 2,
  state: "draft",
  subject: "{{ line }} is late",
  message: "By {{ minutes }} minutes",
  required: ["line", "minutes"],
  sample: { line: "Montijo" },
  etag: "two",
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

const type = (writing: Writing, subject: string): Writing => ({ ...writing, draft: { ...writing.draft, subject } });
const stored = (number: number, subject: string): Version => ({ ...version, version: number, subject, etag: subject });

test("what is typed while a save is under way stays, on top of what was saved", () => {
  const sent = type(beginWriting(null, stored(1, "old")), "new");
  const typing = type(sent, "newer");
  const saved = savedAs(typing, sent, stored(2, "new"));
  expect(follow(saved, null, stored(1, "old")), "an answer of before comes late").toBe(saved);
  const after = follow(saved, null, stored(2, "new"));
  expect([after.draft.subject, after.base.etag, isTouched(after), after.other]).toEqual([
    "newer",
    "new",
    true,
    undefined,
  ]);
  expect(isTouched(savedAs(sent, sent, stored(2, "new")))).toBe(false);
});

test("what somebody else saves replaces what nobody has touched, and no word that is not saved", () => {
  const begun = beginWriting(null, stored(1, "old"));
  expect(follow(begun, null, stored(2, "theirs")).draft.subject).toBe("theirs");
  const kept = follow(type(begun, "mine"), null, stored(2, "theirs"));
  expect([kept.draft.subject, kept.base.etag, kept.other?.version]).toEqual(["mine", "old", 2]);
  expect(savedAs(kept, kept, stored(2, "mine")).other).toBeUndefined();
});

test("a title that was typed stays with another's version, and is sent once", () => {
  const begun = { ...beginWriting(null, stored(1, "old")), title: "Mine" };
  const after = follow(begun, null, stored(2, "theirs"));
  expect([after.draft.subject, after.title, after.other, isTouched(after)]).toEqual([
    "theirs",
    "Mine",
    undefined,
    true,
  ]);
  expect(savedAs(after, after, stored(2, "theirs")).title).toBeUndefined();
  expect(savedAs({ ...after, title: "Mine, too" }, after, stored(2, "theirs")).title).toBe("Mine, too");
});

test("saved from an older version it goes to the version saved, with what was typed since; another link opens what stands there", () => {
  const sent = type(beginWriting(2, stored(2, "old")), "new");
  const saved = savedAs(type(sent, "newer"), sent, stored(5, "new"));
  expect(follow(saved, 2, stored(2, "old")).draft.subject).toBe("newer");
  const there = follow(saved, null, stored(5, "new"));
  expect([there.asked, there.draft.subject, there.base.version]).toEqual([null, "newer", 5]);
  expect(follow(there, 3, stored(3, "third")).draft.subject).toBe("third");
  // What was typed from it before is another writing, and no version's own words.
  const before = type(beginWriting(3, stored(3, "third")), "typed");
  expect(follow(there, 3, stored(3, "third"), () => before)).toBe(before);
  expect(savedAs(before, sent, stored(5, "new")), "a save of the one leaves the other").toBe(before);
});
