import { createElement } from "react";
import { renderToStaticMarkup } from "react-dom/server";
import { expect, test } from "vitest";
import Markup from "./markup.tsx";
import { begunAt, mentionedAfter, mentionedIn, partsOf, whoIs } from "./mention-text.ts";

const people = [
  { userId: "ada", displayName: "Ada Lovelace" },
  { userId: "ben", displayName: "Ben" },
  { userId: "ben-o", displayName: "Ben Ortega" },
  { userId: "kim-1", displayName: "Alex Kim" },
  { userId: "kim-2", displayName: "Alex Kim" },
  { userId: "c++", displayName: null },
  { userId: "zoe", displayName: "Zoë" },
];
const nobody = new Set<string>();

test.each([
  ["@", { at: 0, typed: "" }],
  ["hello @be", { at: 6, typed: "be" }],
  ["(@Ben O", { at: 1, typed: "Ben O" }],
  ["a\n@", { at: 2, typed: "" }],
  ["@Ada @Be", { at: 5, typed: "Be" }],
  ["@Ben ", undefined],
  ["@ ben", undefined],
  ["mail to ada@be", undefined],
  ["hello", undefined],
  ["@Ben\nand", undefined],
])("a name begins with an @ that follows no letter: %j", (text, begun) => {
  expect(begunAt(text, text.length)).toEqual(begun);
});

test("a name ends at the caret", () => {
  expect(begunAt("ask @ben tomorrow", 7)).toEqual({ at: 4, typed: "be" });
  expect(begunAt("ask @ben tomorrow", 3)).toBeUndefined();
});

test.each([
  ["", people.map(({ userId }) => userId)],
  ["BEN", ["ben", "ben-o"]],
  ["ben o", ["ben-o"]],
  ["lo", ["ada"]],
  ["kim-2", ["kim-2"]],
  ["kim", ["kim-1", "kim-2"]],
  ["zoe", ["zoe"]],
  ["c++", ["c++"]],
  ["ort", ["ben-o"]],
  ["rtega", []],
])("somebody is found by the beginning of a word of the name, or of the id: %j", (typed, userIds) => {
  expect(whoIs(people, typed).map(({ userId }) => userId)).toEqual(userIds);
});

test.each([
  ["hello @Ada Lovelace!", ["ada"]],
  ["@Ben Ortega's and @Ben, and @Ben again", ["ben-o", "ben"]],
  ["@Ben Orteg", ["ben"]],
  ["@Bennet", []],
  ["@ben", []],
  ["ask ben@Ben.example", []],
  ["@c++ is an id", ["c++"]],
  ["@Zoë", ["zoe"]],
  ["nobody", []],
])("a text mentions those whose whole name stands behind an @: %j", (text, userIds) => {
  expect(mentionedIn(text, people, nobody)).toEqual(userIds);
});

test.each([
  ["`@Ben`", []],
  ["``a ` @Ben`` and @Zoë", ["zoe"]],
  ["`a` @Ben `b`", ["ben"]],
  ["a ` @Ben", ["ben"]],
  ["a `\n\n@Ben ` b", ["ben"]],
  ["\\`@Ben\\`", ["ben"]],
  ["``@Ben`", ["ben"]],
  ["@Ben`x`Ortega", ["ben"]],
  ["```\n@Ben\n```", []],
  ["```ts @Ben\n@Ben\n```\n@Zoë", ["zoe"]],
  ["see\n~~~\n@Ben\n```\n@Ben\n~~~~\n@Zoë", ["zoe"]],
  ["````\n```\n@Ben\n````\n@Zoë", ["zoe"]],
  ["```\n@Ben", []],
  ["```\n```\n@Ben", ["ben"]],
  ["``` @Ben ``` @Zoë", ["zoe"]],
  ["a ` b\n```\n@Ben\n```\n@Zoë ` c", ["zoe"]],
])("who stands in code is not mentioned, as nothing shows it there: %j", (text, userIds) => {
  expect(mentionedIn(text, people, nobody)).toEqual(userIds);
  const html = renderToStaticMarkup(
    createElement(Markup, { text, names: people.map(({ userId, displayName }) => displayName ?? userId) }),
  );
  expect(html.match(/<span/gu) ?? []).toHaveLength(userIds.length);
});

test("of two who are called the same the picked one is meant, and both where none was", () => {
  expect(mentionedIn("@Alex Kim", people, new Set(["kim-2", "ada"]))).toEqual(["kim-2"]);
  expect(mentionedIn("@Alex Kim", people, nobody)).toEqual(["kim-1", "kim-2"]);
});

test("a correction mentions whom it names, and still those whose names never stood in the message", () => {
  const message = { content: "@Ben and @Alex Kim", mentionUserIds: ["ben", "kim-2", "ada"] };
  const after = (text: string) => mentionedAfter(message, text, people, nobody);
  expect(after("@Ben and @Alex Kim, please")).toEqual(["ada", "ben", "kim-2"]);
  expect(after("@Ben Ortega, please")).toEqual(["ada", "ben-o"]);
  expect(mentionedAfter({ content: "never" }, "mind", people, nobody)).toEqual([]);
});

test("no more are mentioned than the service takes", () => {
  const many = Array.from({ length: 60 }, (_, at) => ({ userId: `u${at}` }));
  expect(mentionedIn(many.map(({ userId }) => `@${userId}`).join(" "), many, nobody)).toHaveLength(50);
});

test("a text comes in parts, of which nothing is lost", () => {
  expect(partsOf("hi @Ben Ortega, @Ben", ["Ben", "Ben Ortega"])).toEqual([
    { text: "hi " },
    { text: "@Ben Ortega", name: "Ben Ortega" },
    { text: ", " },
    { text: "@Ben", name: "Ben" },
  ]);
  expect(partsOf("hi @Ben", [])).toEqual([{ text: "hi @Ben" }]);
});
