import { expect, onTestFinished, test, vi } from "vitest";
import { listenToKept } from "../ui/kept-text.ts";
import { draftOfOther, readDraft, withKept, writeDraft } from "./use-draft.ts";

test("a box follows what another tab makes of its draft, or has sent, unless it is typed in itself", () => {
  expect(draftOfOther({ key: "c", newValue: "Hello" }, "c", false)).toBe("Hello");
  expect(draftOfOther({ key: "c", newValue: null }, "c", false)).toBe("");
  expect(draftOfOther({ key: "c", newValue: null }, "c", true)).toBeUndefined();
  expect(draftOfOther({ key: "other", newValue: "Hello" }, "c", false)).toBeUndefined();
});

test("what is written by somebody who is not named yet is kept for nobody", () => {
  onTestFinished(() => void vi.unstubAllGlobals());
  const kept = new Map([["parley/draft/acme//c", "Hello"]]);
  const setItem = vi.fn();
  vi.stubGlobal("localStorage", { getItem: (key: string) => kept.get(key) ?? null, setItem, removeItem: () => {} });
  const place = { tenantId: "acme", me: "", chatId: "c" };
  expect(readDraft(place)).toBe("");
  writeDraft(place, "Hello");
  expect(setItem).not.toHaveBeenCalled();
  writeDraft({ ...place, me: "ada" }, "Hello");
  expect(setItem).toHaveBeenCalledExactlyOnceWith("parley/draft/acme/ada/c", "Hello");
});

test("where nothing can be stored a draft lasts as long as the page, and the newest wins where storage is full", () => {
  onTestFinished(() => void vi.unstubAllGlobals());
  const refuse = () => {
    throw new DOMException("QuotaExceededError");
  };
  const place = { tenantId: "acme", me: "ada", chatId: "c" };
  vi.stubGlobal("localStorage", { getItem: refuse, setItem: refuse, removeItem: refuse });
  writeDraft(place, "Hello");
  expect(readDraft(place)).toBe("Hello");
  writeDraft(place, "");
  expect(readDraft(place)).toBe("");
  vi.stubGlobal("localStorage", { getItem: () => "Hel", setItem: refuse, removeItem: () => undefined });
  writeDraft(place, "Hello");
  expect(readDraft(place)).toBe("Hello");
});

test("what could not be stored gives way to what another tab does", () => {
  onTestFinished(() => void vi.unstubAllGlobals());
  const page = new EventTarget();
  let stored: string | null = "Hel";
  const setItem = () => {
    throw new DOMException("QuotaExceededError");
  };
  vi.stubGlobal("window", page);
  vi.stubGlobal("localStorage", { getItem: () => stored, setItem });
  const place = { tenantId: "acme", me: "ada", chatId: "d" };
  const heard: string[] = [];
  const stop = listenToKept(() => heard.push(readDraft(place)));
  writeDraft(place, "Hello");
  stored = null;
  page.dispatchEvent(Object.assign(new Event("storage"), { key: "parley/draft/acme/ada/d" }));
  expect(heard).toEqual(["Hello", ""]);
  stop();
});

test("what was kept under somebody's own name comes before what was typed before they were named", () => {
  expect(withKept("", "Hello")).toBe("Hello");
  expect(withKept("Hello", "")).toBe("Hello");
  expect(withKept("Hello", "you")).toBe("Hello\nyou");
});
