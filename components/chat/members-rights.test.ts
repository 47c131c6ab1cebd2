import { expect, test } from "vitest";
import { mayManage, mayRemove } from "./members-rights.ts";

const chat = { kind: "group", policy: "open", frozen: false, role: "member" } as const;
const [owner, moderator, member] = [{ role: "owner" }, { role: "moderator" }, { role: "member" }] as const;

test("in an open chat every member adds and removes whomever", () => {
  expect(mayManage(chat)).toBe(true);
  expect(mayRemove(chat, owner)).toBe(true);
});

test("in a frozen or a moderated one its owner and moderators do, and owners alone remove an owner", () => {
  for (const closed of [{ frozen: true }, { policy: "moderated" }] as const) {
    expect(mayManage({ ...chat, ...closed })).toBe(false);
    expect(mayRemove({ ...chat, ...closed }, member)).toBe(false);
    expect(mayManage({ ...chat, ...closed, ...moderator })).toBe(true);
    expect(mayRemove({ ...chat, ...closed, ...moderator }, member)).toBe(true);
    expect(mayRemove({ ...chat, ...closed, ...moderator }, owner)).toBe(false);
    expect(mayRemove({ ...chat, ...closed, ...owner }, owner)).toBe(true);
  }
});

test("in a chat of two nobody does", () => {
  expect(mayManage({ ...chat, ...owner, kind: "direct" })).toBe(false);
  expect(mayRemove({ ...chat, ...owner, kind: "direct" }, member)).toBe(false);
});
