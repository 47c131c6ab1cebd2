import { createElement } from "react";
import { renderToStaticMarkup } from "react-dom/server";
import { expect, test } from "vitest";
import { ErrorTable } from "./grouped-errors.tsx";

test("whatever failed is shown, also what is not among the most frequent", () => {
  const at = new Date().toISOString();
  const groups = Array.from({ length: 40 }, (_, nth) => ({
    ...{ operation: `chats.call${nth}`, code: "not_found", status: 404, count: 40 - nth },
    ...{ firstAt: at, lastAt: at, requestId: `r${nth}` },
  }));
  const shown = renderToStaticMarkup(createElement(ErrorTable, { groups, onPick: () => undefined }));
  expect(groups.filter(({ operation }) => !shown.includes(`>${operation}<`))).toEqual([]);
});
