import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { isTouched, type Version, type Writing } from "./template-draft.ts";
import { UnsavedWords } from "./unsaved-words.ts";

const place = "/t/demo/templates/late";
const stored = (version: number, subject: string): Version => ({
  ...{ version, state: "draft", subject, message: "m", required: [], sample: {}, etag: subject },
  createdAt: "2026-11-26T08:00:00Z",
});
const type = (writing: Writing, subject: string): Writing => ({ ...writing, draft: { ...writing.draft, subject } });

let asks: boolean;
let words: UnsavedWords;

beforeEach(() => {
  asks = false;
  vi.stubGlobal("window", {
    addEventListener: () => {
      asks = true;
    },
    removeEventListener: () => {
      asks = false;
    },
  });
  words = new UnsavedWords();
});
afterEach(() => {
  vi.unstubAllGlobals();
});

test("what was written and not saved is there again after a look at another version, which shows its own words", () => {
  const written = type(words.open(place, null, stored(5, "old")), "mine");
  words.keep(place, written);
  const other = words.open(place, 3, stored(3, "third"));
  expect(other.draft.subject).toBe("third");
  expect(words.others(place, other)).toEqual([5]);
  for (const asked of [null, 5]) {
    const back = words.open(place, asked, stored(5, "old"));
    expect([back.draft.subject, back.asked, back.id, isTouched(back)]).toEqual(["mine", asked, written.id, true]);
    expect(words.others(place, back)).toEqual([]);
  }
  expect(words.open("/t/demo/templates/other", null, stored(5, "old")).draft.subject).toBe("old");
});

test("words of what was the newest are there although somebody has saved a newer one, which is said", () => {
  words.keep(place, type(words.open(place, null, stored(5, "old")), "mine"));
  const back = words.open(place, null, stored(6, "theirs"));
  expect([back.draft.subject, back.base.version, back.other?.version]).toEqual(["mine", 5, 6]);
});

test("each version keeps its own", () => {
  words.keep(place, type(words.open(place, null, stored(5, "old")), "mine"));
  words.keep(place, type(words.open(place, 3, stored(3, "third")), "mine from the third"));
  expect(words.open(place, 3, stored(3, "third")).draft.subject).toBe("mine from the third");
  expect(words.open(place, null, stored(5, "old")).draft.subject).toBe("mine");
});

test("what is saved, taken back or deleted is not kept; what was typed after the save was sent is", () => {
  const sent = type(words.open(place, 3, stored(3, "third")), "new");
  words.keep(place, sent);
  words.keep(place, type(sent, "newer"));
  words.saved(place, sent, stored(6, "new"));
  const back = words.open(place, null, stored(6, "new"));
  expect([back.draft.subject, back.base.etag, back.other]).toEqual(["newer", "new", undefined]);
  expect(words.open(place, 3, stored(3, "third")).draft.subject).toBe("third");
  words.saved(place, back, stored(6, "newer"));
  expect(words.open(place, null, stored(6, "newer")).draft.subject).toBe("newer");
  expect(words.others(place, words.open(place, 3, stored(3, "third")))).toEqual([]);
  const again = words.open(place, null, stored(6, "newer"));
  words.keep(place, type(again, "typed"));
  words.keep(place, again);
  expect(words.open(place, null, stored(6, "newer")).draft.subject).toBe("newer");
  words.keep(place, type(again, "typed"));
  words.forget(place);
  expect(words.open(place, null, stored(6, "newer")).draft.subject).toBe("newer");
});

test("the browser asks before it loses them, and only then", () => {
  const begun = words.open(place, null, stored(5, "old"));
  words.keep(place, begun);
  expect(asks).toBe(false);
  const written = type(begun, "mine");
  words.keep(place, written);
  expect(asks).toBe(true);
  words.keep("/t/demo/templates/other", words.open("/t/demo/templates/other", 1, stored(1, "x")));
  expect(asks, "another page has nothing to lose").toBe(true);
  words.saved(place, written, stored(5, "mine"));
  expect(asks).toBe(false);
});
