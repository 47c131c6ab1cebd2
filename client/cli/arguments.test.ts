import { expect, test } from "vitest";
import { readArguments, take, UsageError } from "./arguments.ts";

test.each(["-q3Zx", "--3Zx", "-h3Zx", "-", "plain"])("an event's id may be %s", (id) => {
  const { values } = readArguments(["replay", "hook", "--after", id, "--undelivered", "--upto", id]);
  expect(values).toMatchObject({ after: id, upto: id, undelivered: true });
});

test.each([
  ["tail", "--after", "--kinds", "message.created"],
  ["tail", "--after", "--text"],
  ["tail", "--after"],
])("but another option is none: %j %j %j", (...words) => {
  expect(() => readArguments(words)).toThrow(UsageError);
});

test("a word that is missing or empty, as of a variable that is not set, is none", () => {
  expect(take(["c1", "Ahoy"], "send", "chatId", "text")).toEqual(["c1", "Ahoy"]);
  for (const words of [["c1"], ["", "Ahoy"]])
    expect(() => take(words, "send", "chatId", "text")).toThrow("parley send takes <chatId> <text>");
});
