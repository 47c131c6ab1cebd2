import { expect, test } from "vitest";
import { nextOf, ownPath, withNext } from "./own-path.ts";

test.each([
  ["/t/acme/chats?open=1#top", "/t/acme/chats?open=1#top"],
  [["/account", "/t"], "/account"],
])("a path of our own stays: %j", (next, path) => {
  expect(ownPath(next)).toBe(path);
});

test.each([
  undefined,
  "",
  "t/acme",
  "https://elsewhere.example/",
  "//elsewhere.example",
  "/\\elsewhere.example",
  "/\t/elsewhere.example",
  "/\n/elsewhere.example",
  "/\r\n\\elsewhere.example",
  "javascript:alert(1)",
])("whatever leads elsewhere does not: %j", (next) => {
  expect(ownPath(next)).toBe("/t");
});

test("a page beside the sign-in knows where one wanted to go, if anywhere", () => {
  expect(withNext("/reset", ownPath(undefined))).toBe("/reset");
  expect(withNext("/reset", "/t/acme/chats?open=1")).toBe("/reset?next=%2Ft%2Facme%2Fchats%3Fopen%3D1");
});

test("a mailed link is asked to lead on to where one wanted to go, if anywhere", () => {
  expect(nextOf(ownPath(undefined))).toEqual({});
  expect(nextOf("/t/acme/settings")).toEqual({ next: "/t/acme/settings" });
  expect(nextOf(`/t/acme/${"x".repeat(1000)}`)).toEqual({});
});
