import { test as base, expect, type Locator, type Page, type Route } from "@playwright/test";

/** A page that must stay quiet: no error in its console, no failed request, no request to another origin. */
export const test = base.extend({
  page: async ({ page, baseURL }, use) => {
    const noise = listen(page, new URL(baseURL ?? "").origin);
    await use(page);
    expect(noise).toEqual([]);
  },
});

export { expect };

export function listen(page: Page, origin: string): string[] {
  const noise: string[] = [];
  page.on("console", (message) => {
    if (["error", "warning"].includes(message.type())) noise.push(`console: ${message.text()}`);
  });
  page.on("pageerror", (error) => noise.push(`page error: ${error.message}`));
  page.on("response", (response) => {
    if (response.status() >= 400) noise.push(`${response.status()}: ${response.url()}`);
  });
  page.on("request", (request) => {
    const url = new URL(request.url());
    if (url.protocol !== "data:" && url.origin !== origin) noise.push(`other origin: ${url}`);
  });
  page.on("websocket", (socket) => {
    if (new URL(socket.url()).host !== new URL(origin).host) noise.push(`other origin: ${socket.url()}`);
  });
  return noise;
}

/** One person's side of the live chat, in the words a person would use for its parts. */
export interface Pane {
  region: Locator;
  name: string;
  messages: Locator;
  box: Locator;
  say(text: string): Promise<void>;
}

export async function openLiveChat(page: Page): Promise<[Pane, Pane]> {
  await page.goto("/");
  const regions = page.getByRole("region", { name: "Two people, live" }).locator("section");
  await expect(regions).toHaveCount(2);
  const panes = [await paneOf(regions.nth(0)), await paneOf(regions.nth(1))] as const;
  for (const { region, messages } of panes) {
    await expect(region.getByLabel("Connection: Live")).toBeVisible();
    // What was said before is there to be counted; of the demo's newest group that may be nothing.
    await expect(messages.getByRole("article").or(messages.getByText("Nothing said yet")).first()).toBeVisible();
  }
  return [...panes];
}

async function paneOf(region: Locator): Promise<Pane> {
  const box = region.getByRole("textbox", { name: "Message" });
  return {
    region,
    name: (await region.getAttribute("aria-label")) ?? "",
    messages: region.getByRole("list", { name: "Messages" }),
    box,
    say: async (text) => {
      await box.fill(text);
      await box.press("Enter");
    },
  };
}

/** A text that no other journey has written. */
export function unheard(text: string): string {
  return `${text} ${crypto.randomUUID().slice(0, 8)}`;
}

/**
 * Takes calls of an open page over, from its next one on. Playwright says so as soon as the browser knows; the page itself learns
 * it a little later, and a key that is pressed meanwhile may be quicker: of 400, one was.
 */
export async function intercept(
  page: Page,
  address: RegExp,
  handler: (route: Route) => unknown,
  options?: { times: number },
): Promise<void> {
  await page.route(address, handler, options);
  const probe = /healthz\?taken$/u;
  await page.route(probe, (route) => route.fulfill({ status: 204 }));
  const ask = () => page.evaluate(() => fetch("/healthz?taken").then(({ status }) => status));
  await expect.poll(ask, { intervals: [10] }).toBe(204);
  await page.unroute(probe);
}

/** The service does what it is asked, and nobody hears of it. */
export async function loseAnswer(route: Route): Promise<void> {
  await route.fetch();
  await route.abort();
}

/** Holds the next call of an address back, until the returned function lets it go on. */
export async function holdNext(page: Page, address: RegExp): Promise<() => Promise<void>> {
  let letGo = () => {};
  const held = new Promise<void>((resolve) => {
    letGo = resolve;
  });
  await intercept(page, address, (route) => held.then(() => route.continue()), { times: 1 });
  return async () => {
    const answered = page.waitForResponse((response) => address.test(response.url()));
    letGo();
    await answered;
  };
}

/** Chooses of a select as often as it takes until it says so: one that closes between a press and its release takes nothing. */
export async function choose(page: Page, select: Locator, label: string): Promise<void> {
  await expect(async () => {
    await select.click({ timeout: 2_000 });
    await page.getByRole("option", { name: label }).click({ timeout: 2_000 });
    await expect(select).toHaveText(label, { timeout: 1_000 });
  }).toPass();
}

/** Picks of a menu as often as it takes until the menu is gone: a busy machine may lose the press of one that has just opened. */
export async function pick(trigger: Locator, name: string | RegExp): Promise<void> {
  const page = trigger.page();
  const item = page.getByRole("menuitem", { name }).or(page.getByRole("menuitemradio", { name }));
  let pressed = false;
  await expect(async () => {
    // What was picked may have led to another page by now.
    if (pressed && (await trigger.count()) === 0) return;
    if (!(await item.isVisible())) await trigger.click({ timeout: 2_000 });
    pressed = true;
    await item.click({ timeout: 2_000 });
    // Long enough that one which was heard is not pressed twice.
    await expect(item).toHaveCount(0, { timeout: 5_000 });
  }).toPass();
}
