import { expect, onTestFinished, test, vi } from "vitest";
import { neighboursOf, rowActOf, stepsOf } from "./row-keys.ts";
import { areSingleKeysOn, turnSingleKeys } from "./single-keys.ts";

function keepStorage(): void {
  const kept = new Map<string, string>();
  vi.stubGlobal("localStorage", {
    getItem: (key: string) => kept.get(key) ?? null,
    setItem: (key: string, value: string) => void kept.set(key, value),
  });
  onTestFinished(() => void vi.unstubAllGlobals());
}

test("keys of one letter or sign can be switched off, those with a name stay", () => {
  keepStorage();
  expect(["j", "k", ".", "ArrowDown", "ArrowUp", "x"].map(rowActOf)).toEqual([1, -1, "acts", 1, -1, undefined]);
  turnSingleKeys(false);
  expect(areSingleKeysOn()).toBe(false);
  expect(["j", "k", ".", "ArrowDown", "ArrowUp"].map(rowActOf)).toEqual([undefined, undefined, undefined, 1, -1]);
  turnSingleKeys(true);
  expect(rowActOf("j")).toBe(1);
});

test("where nothing can be kept they are on", () => {
  expect(areSingleKeysOn()).toBe(true);
});

test("from what is open one steps to its neighbours on the page, and from nowhere else", () => {
  expect(neighboursOf(["a", "b", "c"], "b")).toEqual({ previous: "a", next: "c" });
  expect(neighboursOf(["a", "b", "c"], "a")).toEqual({ next: "b" });
  expect(neighboursOf(["a"], "x")).toEqual({});
  const opened: string[] = [];
  stepsOf([{ id: "a" }, { id: "b" }], "a", (id) => opened.push(id)).onNext?.();
  expect(opened).toEqual(["b"]);
  expect(stepsOf(undefined, null, () => {})).toEqual({ onPrevious: undefined, onNext: undefined });
});
