import { expect, test } from "vitest";
import { stepsOf } from "./steps.ts";

type Of = Parameters<typeof stepsOf>;

const one = {
  userId: "a/b",
  createdAt: "2026-11-26T08:00:00Z",
  readAt: "2026-11-26T09:00:00Z",
  status: "visible",
} as Of[0];
const mail = {
  id: "d",
  channel: "email",
  type: "Delay",
  updatedAt: "2026-11-26T08:30:00Z",
  tries: [{ number: 1, startedAt: "2026-11-26T08:10:00Z", outcome: "temporary", words: "450 busy" }],
} as unknown as Of[1][number];

test("what happened stands in its order, with the words of the mail server", () => {
  const steps = stepsOf(one, [{ ...mail, status: "failed", detail: "550 no such user" }]);
  expect(steps.map(({ what }) => what)).toEqual(["Made", "Mail, try 1", "Mail", "Read"]);
  expect(steps[1]).toMatchObject({ word: "temporary", why: "450 busy" });
  expect(steps[2]).toMatchObject({ word: "failed", tone: "bad", why: "550 no such user" });
});

test("what went into a digest goes on with that", () => {
  const folded: typeof mail = { ...mail, status: "folded", rule: "digest", tries: [] };
  const digest = {
    ...mail,
    id: "g",
    kind: "digest",
    status: "failed",
    address: "a@x.example",
    detail: "550 no",
  } as const;
  const steps = stepsOf(one, [folded, digest]);
  expect(steps.map(({ what }) => what)).toEqual([
    "Made",
    "Digest mail, try 1",
    "Mail",
    "Digest mail to a@x.example",
    "Read",
  ]);
  expect(steps[3]).toMatchObject({ word: "failed", tone: "bad", why: "550 no" });
});

test("who got nothing is told why, and where that is decided", () => {
  const suppressed = stepsOf(one, [{ ...mail, status: "suppressed", address: "a+b@x.example" }])[2];
  expect(suppressed?.page?.path).toBe("/suppressions?search=a%2Bb%40x.example");
  expect(suppressed?.why).toContain("gets no mail");
  const waiting = stepsOf(one, [{ ...mail, status: "waiting" }])[2];
  expect(waiting?.page?.path, "the overview, where all that waits is let go").toBe("#attention");
});

test.each([
  [{ status: "preference", rule: "preference" }, "preferences"],
  [{ status: "held", rule: "paused" }, "preferences"],
  [{ status: "held", rule: "quiet_hours", heldUntil: "2026-11-26T20:00:00Z" }, "preferences"],
  [{ status: "folded", rule: "digest" }, "preferences"],
  [{ status: "muted", rule: "muted" }, "chats"],
  [{ status: "no_address", rule: "address" }, "profile"],
] as const)("what a person decided is on that person's page: %o", (delivery, tab) => {
  expect(stepsOf(one, [{ ...mail, ...delivery }])[2]?.page?.path).toBe(`/users/a%2Fb?tab=${tab}`);
});

test.each([
  [{ rule: "operator", detail: "An operator cancelled what waited after the restore" }, "An operator cancelled"],
  [{ rule: "snoozed", kind: "digest" }, "All that was in it was snoozed"],
  [{ rule: "cancelled" }, "cancelled before its time"],
  [{ rule: "deleted" }, "It was deleted or withdrawn"],
  [{}, "It was cancelled, deleted or withdrawn"],
] as const)("what was cancelled says why: %o", (delivery, words) => {
  expect(stepsOf(one, [{ ...mail, status: "cancelled", ...delivery }])[2]?.why).toContain(words);
});

test("a status of which a newer service tells is shown as it is", () => {
  const step = stepsOf(one, [{ ...mail, status: "carried_on" as "sent", tries: [] }])[1];
  expect(step).toMatchObject({ word: "carried on", tone: "plain" });
  expect(step?.why).toContain("does not know");
});
