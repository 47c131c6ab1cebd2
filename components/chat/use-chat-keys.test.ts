import { expect, test } from "vitest";
import { act } from "./use-chat-keys.ts";

test("a key that leads nowhere is the browser's: it searches where no chat is open", () => {
  const done: string[] = [];
  const keysOf = (isOpen: boolean) => {
    const go = (what: string) => () => {
      if (isOpen) done.push(what);
      return isOpen;
    };
    return { find: () => {}, search: go("search"), help: () => {}, region: go("region"), step: () => {} };
  };
  const press = (key: string, isOpen: boolean) =>
    act({ key, ctrlKey: key === "f", metaKey: false, altKey: false } as KeyboardEvent, keysOf(isOpen));
  expect([press("f", false), press("F6", false)]).toEqual([false, false]);
  expect([press("f", true), press("F6", true)]).toEqual([true, true]);
  expect(done).toEqual(["search", "region"]);
});
