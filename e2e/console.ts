import type { Browser, BrowserContextOptions, Page } from "@playwright/test";
import { listen } from "./journey.ts";
import { takeSession, untilAlive } from "./own-tenant.ts";
import { productUrl, readDemo } from "./people.ts";

/** Well within the ten minutes after which what is dangerous asks for the password again. */
const KEPT_MS = 4 * 60_000;

type Session = Exclude<BrowserContextOptions["storageState"], undefined>;
let kept: { session: Session; until: number } | undefined;

export interface Console {
  page: Page;
  /** Errors of the page, failed requests, requests elsewhere. */
  noise: string[];
  close(): Promise<void>;
}

/** The console at some page of it, in a context of its own, signed in as the demo's owner. */
export async function openConsole(browser: Browser, path: string, more: BrowserContextOptions = {}): Promise<Console> {
  const storageState = await sessionOf(browser);
  const context = await browser.newContext({ baseURL: productUrl(), reducedMotion: "reduce", storageState, ...more });
  const page = await context.newPage();
  const noise = listen(page, new URL(productUrl()).origin);
  await page.goto(path);
  await untilAlive(page);
  return { page, noise, close: () => context.close() };
}

/** Signed in once for many journeys: that one can sign in is the matter of installation.spec.ts. */
async function sessionOf(browser: Browser): Promise<Session> {
  if (kept && kept.until > Date.now()) return kept.session;
  const context = await browser.newContext({ baseURL: productUrl() });
  const { email, password } = readDemo().admin;
  await takeSession(context, email, password);
  kept = { session: await context.storageState(), until: Date.now() + KEPT_MS };
  await context.close();
  return kept.session;
}
