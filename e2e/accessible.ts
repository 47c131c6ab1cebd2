import AxeBuilder from "@axe-core/playwright";
import type { Page } from "@playwright/test";
import { expect } from "./journey.ts";

const WCAG = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"];

/** What is shown at the moment meets WCAG 2.2 AA, in the light and in the dark theme, and is no wider than its window at 360 px. */
export async function expectAccessible(page: Page): Promise<void> {
  const size = page.viewportSize() ?? { width: 1280, height: 720 };
  await page.emulateMedia({ colorScheme: "dark", reducedMotion: "reduce" });
  await expectNoFault(page);
  await page.emulateMedia({ colorScheme: "light", reducedMotion: "reduce" });
  // Of what axe looks at only the colours differ between the themes.
  const { violations } = await axe(page).withRules(["color-contrast"]).analyze();
  expect(faults(violations), `${page.url()}, light`).toEqual([]);
  await page.setViewportSize({ width: 360, height: 740 });
  // Charts follow their frame a moment later.
  const wider = () => page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);
  await expect.poll(wider, `${page.url()} is wider than 360 px`).toBeLessThanOrEqual(0);
  await page.setViewportSize(size);
}

/** The same of the main part alone, where what is around it is the same on many pages. */
export async function expectReadable(page: Page): Promise<void> {
  const main = () => axe(page).include("main");
  await page.emulateMedia({ colorScheme: "dark", reducedMotion: "reduce" });
  expect(faults((await main().withTags(WCAG).analyze()).violations), `${page.url()}, dark`).toEqual([]);
  await page.emulateMedia({ colorScheme: "light", reducedMotion: "reduce" });
  const { violations } = await main().withRules(["color-contrast"]).analyze();
  expect(faults(violations), `${page.url()}, light`).toEqual([]);
}

/** What is shown at the moment meets WCAG 2.2 AA as it is. */
export async function expectNoFault(page: Page): Promise<void> {
  await expect(page).toHaveTitle(/./); // which comes a moment after the page, when that is opened by a link
  const { violations } = await axe(page).withTags(WCAG).analyze();
  expect(faults(violations), page.url()).toEqual([]);
}

/**
 * Only what is wrong is described: a megabyte about what is right takes a quarter of the time. What frames of other origins say is
 * gathered in another page each time; where there are none, that is spared.
 */
function axe(page: Page): AxeBuilder {
  return new AxeBuilder({ page }).options({ resultTypes: ["violations"] }).setLegacyMode(page.frames().length === 1);
}

function faults(violations: { id: string; nodes: { html: string }[] }[]): string[] {
  return violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html.slice(0, 160)).join(" | ")}`);
}
