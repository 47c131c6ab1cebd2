import { contents } from "../components/docs/contents.ts";
import { expectReadable } from "./accessible.ts";
import { test } from "./journey.ts";

// Pages of text, which share nothing with the other journeys and run beside them.

for (const { title, pages } of contents)
  test(`what is written under ${title} is accessible, in both themes`, async ({ page }) => {
    for (const path of pages) {
      await page.goto(path === "guides/overview" ? "/docs" : `/docs/${path}`);
      await expectReadable(page);
    }
  });
