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

test("no other status is hidden while it says nothing", () => {
  const root = join(import.meta.dirname, "../..");
  const files = ["app", "components"].flatMap((folder) =>
    readdirSync(join(root, folder), { recursive: true, encoding: "utf8" })
      .filter((name) => name.endsWith(".tsx"))
      .map((name) => join(folder, name)),
  );
  const hidden = files.filter((file) =>
    /role="status"[^>]*\s(hidden[\s=>]|className="[^"]*(?:^|[\s":])hidden)/u.test(
      readFileSync(join(root, file), "utf8"),
    ),
  );
  expect(files.length).toBeGreaterThan(100);
  expect(hidden).toEqual([]);
});
