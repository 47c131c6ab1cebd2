import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { emptyDraft } from "./draft.ts";
import { UnsentDrafts } from "./unsent-drafts.ts";

const place = "/t/demo/notifications/new";
let asks: boolean;
let drafts: UnsentDrafts;
const write = (subject: string, at = place) => drafts.change(at, emptyDraft, { subject });

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
  drafts = new UnsentDrafts();
});
afterEach(() => {
  vi.unstubAllGlobals();
});

test("what was written is there again at its address and at no other, and the browser asks before it is lost", () => {
  write("Late");
  drafts.change(place, emptyDraft, { message: "By an hour" });
  expect(drafts.find(place)?.draft).toEqual({ ...emptyDraft, subject: "Late", message: "By an hour" });
  expect(drafts.find("/t/harbour/notifications/new")).toBeUndefined();
  expect(asks).toBe(true);
});

test("what was taken back by hand is nothing to lose", () => {
  write("Late");
  write("", place);
  expect([drafts.find(place), asks]).toEqual([undefined, false]);
});

test("each change is another draft, so that it is sent as one of its own", () => {
  write("Late");
  const before = drafts.find(place)?.idempotencyKey;
  write("Later");
  expect(drafts.find(place)?.idempotencyKey).not.toBe(before);
});

test("a change that is taken back is the draft that it was, until that is sent", () => {
  write("Late");
  const late = drafts.find(place);
  const first = late?.idempotencyKey;
  write("Later");
  write("Late");
  expect(drafts.find(place)?.idempotencyKey).toBe(first);
  if (late) drafts.sent(place, late);
  expect([drafts.find(place), asks]).toEqual([undefined, false]);
  write("Late");
  expect(drafts.find(place)?.idempotencyKey).not.toBe(first);
});

test("what is sent is not kept; what was written after it was sent is, and what is written elsewhere", () => {
  write("Late");
  write("Elsewhere", "/t/harbour/notifications/new");
  const sent = drafts.find(place);
  if (!sent) throw new Error("It is gone");
  write("Later");
  drafts.sent(place, sent);
  expect(drafts.find(place)?.draft.subject).toBe("Later");
  const last = drafts.find(place);
  if (last) drafts.sent(place, last);
  expect([drafts.find(place), asks]).toEqual([undefined, true]);
});

test("whoever shows it hears of each change", () => {
  let heard = 0;
  const stop = drafts.listen(() => heard++);
  write("Late");
  stop();
  write("Later");
  expect(heard).toBe(1);
});
