import { contents } from "../components/docs/contents.ts";
import { expectNoWider, expectReadable } from "./accessible.ts";
import { expect, test } from "./journey.ts";

// Pages of text, which share nothing with the other journeys and run beside them.

for (const { title, pages } of contents)
  test(`what is written under ${title} opens without a word in the console, is accessible in both themes and fits 360 px`, async ({
    page,
  }) => {
    const size = page.viewportSize() ?? { width: 1280, height: 720 };
    for (const path of pages) {
      await page.goto(path === "guides/overview" ? "/docs" : `/docs/${path}`);
      await expect(page.getByRole("heading", { level: 1 }).first()).toBeVisible();
      await expect(page.getByRole("main")).not.toContainText("<!--");
      await expectReadable(page);
      await page.setViewportSize({ width: 360, height: 740 });
      await expectNoWider(page);
      await page.setViewportSize(size);
    }
  });
