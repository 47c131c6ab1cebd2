import { createElement } from "react";
import { renderToStaticMarkup } from "react-dom/server";
import { expect, test } from "vitest";
import { ErrorTable, wordsOf } from "./grouped-errors.tsx";

test("whatever failed is shown, also what is not among the most frequent", () => {
  const at = new Date().toISOString();
  const groups = Array.from({ length: 40 }, (_, nth) => ({
    ...{ operation: `chats.call${nth}`, code: "not_found", status: 404, count: 40 - nth },
    ...{ firstAt: at, lastAt: at, requestId: `r${nth}` },
  }));
  const shown = renderToStaticMarkup(createElement(ErrorTable, { groups, onPick: () => undefined }));
  expect(groups.filter(({ operation }) => !shown.includes(`>${operation}<`))).toEqual([]);
});

test("a picture of the newest calls alone says so, and since when they are", () => {
  const summary = { noted: 50_000, failed: 1200 };
  expect(wordsOf(summary)).toBe("Noted in the last 24 hours: 50,000 calls, 1,200 of them failed.");
  expect(wordsOf({ ...summary, cutAt: new Date(2026, 10, 29, 14, 5).toISOString() })).toMatch(
    /^Only the newest 50,000 calls, since .*[01][24]:05.*, are counted here: 1,200 of them failed\.$/,
  );
});
