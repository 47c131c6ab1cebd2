import { findBrowser } from "./browser.ts";
import { openConsole } from "./console.ts";
import { expect, test, unheard } from "./journey.ts";
import { pressCreate, untilAlive } from "./own-tenant.ts";
import { partsOf, productUrl } from "./people.ts";

// A service on a local network, by plain http: browsers keep some of what they have from such pages.

const here = new URL(productUrl() || "http://127.0.0.1");
const there = `http://parley.internal:${here.port}`;
const { args = [], ...browser } = findBrowser();
test.use({
  baseURL: there,
  launchOptions: { ...browser, args: [...args, `--host-resolver-rules=MAP parley.internal ${here.hostname}`] },
});

test("one chats over plain http from another machine", async ({ page }) => {
  await page.goto("/chat/demo?as=ada");
  expect(await page.evaluate(() => window.isSecureContext)).toBe(false);
  const text = unheard("Over the wire");
  await page.getByRole("button", { name: /^Lobby/u }).click();
  const ada = partsOf(page);
  await ada.say(text);
  await expect(ada.messages.getByText(text)).toBeVisible();
  await expect(ada.messages.getByText("Sending…")).toHaveCount(0);
});

test("so does one run a tenant", async ({ browser }) => {
  // The console is for the address that BASE_URL names, which is this machine's here: what such pages lack is taken away.
  const { page, noise, close } = await openConsole(browser, "/t/demo/keys");
  await page.addInitScript(() => Object.defineProperty(Crypto.prototype, "randomUUID", { value: undefined }));
  await page.reload();
  await untilAlive(page);
  const name = unheard("Plain");
  await pressCreate(page);
  await page.getByLabel("Name", { exact: true }).fill(name);
  await page.getByLabel("Read profiles").check();
  await page.getByRole("button", { name: "Create", exact: true }).click();
  await page.getByLabel("I have stored it").check();
  await page.getByRole("button", { name: "Done" }).click();
  await expect(page.getByRole("button", { name: `Actions of ${name}` })).toBeVisible();
  expect(noise).toEqual([]);
  await close();
});
