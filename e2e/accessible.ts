import AxeBuilder from "@axe-core/playwright";
import type { Page } from "@playwright/test";
import { expect } from "./journey.ts";

/** What is shown at the moment meets WCAG 2.2 AA, in the light and in the dark theme, and is no wider than its window at 360 px. */
export async function expectAccessible(page: Page): Promise<void> {
  const size = page.viewportSize() ?? { width: 1280, height: 720 };
  for (const colorScheme of ["dark", "light"] as const) {
    await page.emulateMedia({ colorScheme, reducedMotion: "reduce" });
    const { violations } = await new AxeBuilder({ page })
      .withTags(["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"])
      .analyze();
    const found = violations.map(({ id, nodes }) => `${colorScheme} ${id} ${nodes[0]?.html}`);
    expect(found, page.url()).toEqual([]);
  }
  await page.setViewportSize({ width: 360, height: 740 });
  // Charts follow their frame a moment later.
  const wider = () => page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);
  await expect.poll(wider, `${page.url()} is wider than 360 px`).toBeLessThanOrEqual(0);
  await page.setViewportSize(size);
}
