import AxeBuilder from "@axe-core/playwright";
import type { Browser, BrowserContextOptions, Page } from "@playwright/test";
import { expect, listen } from "./journey.ts";
import { productUrl, readDemo } from "./people.ts";

const WCAG = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"];

/** The console at some page of it, in a context of its own, signed in as the demo's owner. */
export async function openConsole(
  browser: Browser,
  path: string,
  more: BrowserContextOptions = {},
): Promise<{ page: Page; noise: string[]; close(): Promise<void> }> {
  const context = await browser.newContext({ baseURL: productUrl(), reducedMotion: "reduce", ...more });
  const page = await context.newPage();
  const noise = listen(page, new URL(productUrl()).origin);
  const { email, password } = readDemo().admin;
  await page.goto(`/sign-in?next=${encodeURIComponent(path)}`);
  await page.getByLabel("Email").fill(email);
  await page.getByLabel("Password").fill(password);
  await page.getByRole("button", { name: "Sign in" }).click();
  await page.waitForURL(({ pathname, search }) => pathname + search === path);
  await expect(page.locator("main#content h1")).toBeVisible();
  return { page, noise, close: () => context.close() };
}

/** What axe finds wrong with a page, each with the element. */
export async function faultsOf(page: Page): Promise<string[]> {
  const { violations } = await new AxeBuilder({ page }).withTags(WCAG).analyze();
  return violations.map(({ id, nodes }) => `${new URL(page.url()).pathname} ${id}: ${nodes[0]?.html.slice(0, 200)}`);
}
