import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import AxeBuilder from "@axe-core/playwright";
import type { Page } from "@playwright/test";
import { type AxeResults, judgeContrast, type RunOptions, runAxe } from "./contrast.ts";
import { expect } from "./journey.ts";

const here = createRequire(import.meta.url);
const axeSource = readFileSync(
  createRequire(here.resolve("@axe-core/playwright")).resolve("axe-core/axe.min.js"),
  "utf8",
);
const WCAG = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"];
/** The colours and sizes, grounds among them, of texts that axe passed on pages until now. */
const passedBefore = new Set<string>();

/** What is shown at the moment meets WCAG 2.2 AA, in the light and in the dark theme, and is no wider than its window at 360 px. */
export async function expectAccessible(page: Page): Promise<void> {
  const size = page.viewportSize() ?? { width: 1280, height: 720 };
  await page.emulateMedia({ colorScheme: "dark", reducedMotion: "reduce" });
  await expectNoFault(page);
  await page.emulateMedia({ colorScheme: "light", reducedMotion: "reduce" });
  // Of what axe looks at only the colours differ between the themes.
  expect(await contrastFaults(page), `${page.url()}, light`).toEqual([]);
  await page.setViewportSize({ width: 360, height: 740 });
  await expectNoWider(page);
  await page.setViewportSize(size);
}

/** The same of the main part alone, where what is around it is the same on many pages. */
export async function expectReadable(page: Page): Promise<void> {
  await page.emulateMedia({ colorScheme: "dark", reducedMotion: "reduce" });
  expect(await allFaults(page, "main"), `${page.url()}, dark`).toEqual([]);
  await page.emulateMedia({ colorScheme: "light", reducedMotion: "reduce" });
  expect(await contrastFaults(page, "main"), `${page.url()}, light`).toEqual([]);
}

/** What is shown at the moment meets WCAG 2.2 AA as it is. */
export async function expectNoFault(page: Page): Promise<void> {
  await expect(page).toHaveTitle(/./); // which comes a moment after the page, when that is opened by a link
  expect(await allFaults(page), page.url()).toEqual([]);
}

/** A page is no wider than its window. */
export async function expectNoWider(page: Page): Promise<void> {
  // Charts follow their frame a moment later.
  const wider = () => page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);
  await expect.poll(wider, `${page.url()} is wider than its window`).toBeLessThanOrEqual(0);
}

async function allFaults(page: Page, within?: string): Promise<string[]> {
  const options = { runOnly: WCAG, rules: { "color-contrast": { enabled: false } } };
  return [...faults(await violationsOf(page, options, within)), ...(await contrastFaults(page, within))];
}

/** Each pair of colours is judged once a run, and where there are frames, each text of theirs. */
async function contrastFaults(page: Page, within?: string): Promise<string[]> {
  if (page.frames().length > 1) return faults(await violationsOf(page, { runOnly: ["color-contrast"] }, within));
  await bringAxe(page);
  const { violations, passed } = await page.evaluate(judgeContrast, { within, passed: [...passedBefore] });
  for (const key of passed) passedBefore.add(key);
  return faults(violations);
}

/**
 * Only what is wrong is described: a megabyte about what is right takes a quarter of the time. Where there are frames, what those of
 * other origins say is gathered in another page each time; where there are none, that is spared, and so is bringing axe twice.
 */
async function violationsOf(page: Page, options: RunOptions, within?: string): Promise<AxeResults["violations"]> {
  const brief: RunOptions = { ...options, resultTypes: ["violations"] };
  if (page.frames().length > 1) {
    const builder = new AxeBuilder({ page }).options(brief);
    return (await (within === undefined ? builder : builder.include(within)).analyze()).violations;
  }
  await bringAxe(page);
  return await page.evaluate(runAxe, { within, options: brief });
}

async function bringAxe(page: Page): Promise<void> {
  if (!(await page.evaluate(() => "axe" in window))) await page.evaluate(axeSource);
}

function faults(violations: AxeResults["violations"]): string[] {
  return violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html.slice(0, 160)).join(" | ")}`);
}
