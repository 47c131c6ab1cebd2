import { expect, test } from "vitest";
import { mintTenantId } from "../auth/principal.ts";
import { Cursors } from "./cursor.ts";

const cursors = new Cursors("a secret of tests, long enough to be one");
const [one, two] = [mintTenantId("one"), mintTenantId("two")];
const epoch = 0x123456789abc;
const bounds = { position: 100, floor: 10, epoch };

test("an id reads back to its position, however many were made before", () => {
  const positions = [0, 1, 2, 255, 256, 65_536, 2 ** 40, Number.MAX_SAFE_INTEGER];
  const ids = positions.map((position) => cursors.encode(one, epoch, position));
  expect(ids.map((id) => cursors.decode(one, id))).toEqual(positions.map((position) => ({ epoch, position })));
  expect(new Set(ids).size).toBe(ids.length);
  expect(ids.every((id) => /^[\w-]{22}$/.test(id))).toBe(true);
});

test("the same event has the same id on every node, and neighbours look unrelated", () => {
  const elsewhere = new Cursors("a secret of tests, long enough to be one");
  expect(elsewhere.encode(one, epoch, 7)).toBe(cursors.encode(one, epoch, 7));
  const [a, b] = [7, 8].map((position) => Buffer.from(cursors.encode(one, epoch, position), "base64url"));
  const same = [...(a ?? [])].filter((byte, index) => byte === b?.[index]).length;
  expect(same).toBeLessThan(8);
});

test.each([
  ["another tenant's", () => cursors.encode(two, epoch, 50), "cursor_invalid"],
  ["garbage", () => "garbage", "cursor_invalid"],
  ["22 characters of garbage", () => "AAAAAAAAAAAAAAAAAAAAAA", "cursor_invalid"],
  [
    "one with a letter changed",
    () => cursors.encode(one, epoch, 50).replace(/^./, (c) => (c === "A" ? "B" : "A")),
    "cursor_invalid",
  ],
  ["a position that no log can have", () => cursors.encode(one, epoch, 2 ** 60), "cursor_invalid"],
  ["of another epoch", () => cursors.encode(one, epoch + 1, 50), "cursor_expired"],
  ["below the floor", () => cursors.encode(one, epoch, 9), "cursor_expired"],
  ["ahead of the log", () => cursors.encode(one, epoch, 101), "cursor_expired"],
])("refuses %s", (_name, id, code) => {
  expect(() => cursors.resume(one, id(), bounds)).toThrow(expect.objectContaining({ code }));
  if (code === "cursor_invalid") expect(() => cursors.decode(one, id())).toThrow(expect.objectContaining({ code }));
});

test("takes the floor and the head themselves", () => {
  for (const position of [10, 100])
    expect(cursors.resume(one, cursors.encode(one, epoch, position), bounds)).toBe(position);
});
