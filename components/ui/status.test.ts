import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { createElement } from "react";
import { renderToStaticMarkup } from "react-dom/server";
import { expect, test } from "vitest";
import { Status } from "./status.tsx";

test("a status is there before it says something, and hidden from nobody who listens", () => {
  const empty = renderToStaticMarkup(createElement(Status, { className: "mt-3" }));
  expect(empty).toBe('<div role="status" class="mt-3 empty:sr-only"></div>');
});

/** The tag of each status in a source, whole: what stands in braces may have a ">" of its own. */
function statusTags(source: string): string[] {
  const tags = source.match(/<\w(?:\{(?:[^{}]|\{(?:[^{}]|\{[^{}]*\})*\})*\}|[^>{])*>/gu) ?? [];
  return tags.filter((tag) => /^<Status\b|\srole="status"/u.test(tag));
}

const isHidden = (tag: string) => /(?<![\w-])(?:hidden|aria-hidden|invisible)(?![\w-])/u.test(tag);

test("a status that is hidden is found, however that is written", () => {
  const found = (source: string) => statusTags(source).map(isHidden);
  for (const hidden of [
    '<p role="status" className="empty:hidden">',
    '<p className="hidden" role="status">',
    '<p role="status" hidden={text === ""}>',
    '<p hidden role="status">',
    '<p onClick={() => go()} role="status" aria-hidden />',
    '<p role="status" className={cn("mt-3 empty:hidden", { a: n > 1 && "b" })}>',
    '<p\n  role="status"\n  className={cn(\n    "mt-3",\n    wide && "md:invisible",\n  )}\n>',
    '<Status className="mt-3 hidden" />',
  ])
    expect(found(hidden), hidden).toEqual([true]);
  expect(found('<p role="status" className={cn("overflow-hidden", n > 1 && "sr-only")}><b hidden>')).toEqual([false]);
});

test("no other status is hidden while it says nothing", () => {
  const root = join(import.meta.dirname, "../..");
  const files = ["app", "components"].flatMap((folder) =>
    readdirSync(join(root, folder), { recursive: true, encoding: "utf8" })
      .filter((name) => name.endsWith(".tsx"))
      .map((name) => join(folder, name)),
  );
  const sources = files.map((file) => readFileSync(join(root, file), "utf8"));
  const tags = sources.flatMap(statusTags);
  expect(tags.length).toBeGreaterThan(20);
  expect(tags.length, "none is overlooked").toBe(sources.join("").match(/<Status\b|\srole="status"/gu)?.length);
  expect(tags.filter(isHidden)).toEqual([]);
});
