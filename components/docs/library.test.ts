import { expect, test } from "vitest";
import { loadOperations } from "./api-operations.ts";
import { contents, ways } from "./contents.ts";
import { headingsOf } from "./headings.ts";
import { loadPages, loadPrograms, pagesOfWay } from "./library.ts";
import { neighbours, resolveLink } from "./page-links.ts";
import { searchDocs } from "./search-docs.ts";

const pages = loadPages();
const named = contents.flatMap((section) => section.pages);

test("every page is in the sidebar, or in the table of errors", () => {
  expect(named.filter((path) => !pages.has(path))).toEqual([]);
  expect([...pages.keys()].filter((path) => !named.includes(path) && !path.startsWith("errors/"))).toEqual([]);
  const table = pages.get("guides/errors")?.markdown ?? "";
  for (const path of pages.keys()) if (path.startsWith("errors/")) expect(table).toContain(`(../${path}.md)`);
});

test("a link within the documentation leads to a page and to a heading of it", () => {
  for (const { path, markdown } of pages.values()) {
    const text = markdown.replaceAll(/^```[\s\S]*?^```$/gm, "");
    for (const [, href = ""] of text.matchAll(/\]\(([^)\s]+)\)/g)) {
      const [address = "", anchor] = resolveLink(path, href).split("#");
      if (!/^(#|\/docs)/.test(address) || address.startsWith("/docs/api")) continue;
      const target = pages.get(address === "/docs" ? "guides/overview" : address.slice("/docs/".length));
      expect(target, `${path} leads to ${href}`).toBeDefined();
      if (anchor) expect(headingsOf(target?.markdown ?? "").map(({ id }) => id)).toContain(anchor);
    }
  }
});

test("a way goes through pages that there are, and back", () => {
  for (const way of ways) {
    const steps = pagesOfWay(way);
    expect(steps.length).toBeGreaterThan(5);
    expect(steps.filter((path) => !pages.has(path))).toEqual([]);
    expect(neighbours(steps[1] ?? "", way).previous?.href).toBe(`/docs/${steps[0]}?way=${way}`);
    expect(neighbours(steps.at(-1) ?? "", way).next).toBeUndefined();
  }
});

test("the search finds headings, words of a text, errors and operations, also half a word and a slip", () => {
  const hrefs = (words: string) => searchDocs(words).map(({ href }) => href);
  expect(hrefs("coming back")).toContain("/docs/guides/message-events#coming-back");
  expect(hrefs("tombstone")).toContain("/docs/guides/chat-features#messages");
  expect(hrefs("idempotency_reused")).toContain("/docs/errors/idempotency_reused");
  expect(hrefs("messages.send")[0]).toBe("/docs/api/messages.send");
  expect(hrefs("snooz")).toContain("/docs/guides/managing-notifications#by-its-owner");
  expect(hrefs("authentcation")).toContain("/docs/guides/authentication");
  expect(hrefs("")).toEqual([]);
  expect(hrefs("zebra crossing")).toEqual([]);
});

test("a program says how it is started, and first what has to be installed for it", () => {
  const notesOf = (guide: string) => Object.fromEntries(loadPrograms(guide).map(({ label, note }) => [label, note]));
  const start = "Save it as main.mts, then: npx tsx main.mts";
  expect(notesOf("quick-start-chat").TypeScript).toBe(`First: npm install @microsoft/signalr. ${start}`);
  expect(notesOf("overview").TypeScript).toBe(start);
  for (const guide of ["quick-start-chat", "overview"])
    expect(notesOf(guide).Python).toBe("Save it as main.py, then: python3 main.py");
  expect(pages.get("guides/message-events")?.markdown).toContain("First: npm install @microsoft/signalr.");
});

test("every operation has an address of its own", () => {
  const ids = loadOperations().map(({ id }) => id);
  expect(new Set(ids).size).toBe(ids.length);
});
