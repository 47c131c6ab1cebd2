import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { consolePages, idPages } from "./pages.ts";

test("no two pages have the same address or the same key", () => {
  for (const of of [consolePages.map(({ path }) => path), consolePages.flatMap(({ key }) => key ?? [])])
    expect(of.filter((one, at) => of.indexOf(one) !== at)).toEqual([]);
});

test("each page has its name in the browser's tab", () => {
  for (const { path, label } of consolePages.filter(({ path }) => path !== ""))
    expect(readFileSync(`app/(console)/t/[tenant]${path}/page.tsx`, "utf8"), path).toContain(`title: "${label}"`);
});

test("an id of each kind of thing that has a page can be pasted", () => {
  const shown = idPages.map(({ path }) => path("x"));
  for (const path of ["/templates/x", "/topics/x", "/notifications/batches/x", "/mail?delivery=x", "/tasks?subject=x"])
    expect(shown).toContain(path);
});

test("an id that is pasted leads to a page, whatever stands in it", () => {
  const known = consolePages.map(({ path }) => path);
  for (const { path } of idPages) {
    const at = new URL(path("a b&c/d#e?f"), "http://console");
    expect(known.some((page) => page !== "" && at.pathname.startsWith(page))).toBe(true);
    expect(decodeURIComponent(at.pathname + at.search)).toContain("a b&c/d#e?f");
  }
});
