import { findBrowser } from "./browser.ts";
import { expect, test, unheard } from "./journey.ts";
import { pressCreate, signIn, untilAlive } from "./own-tenant.ts";
import { partsOf, productUrl, readDemo } from "./people.ts";

// A service on a local network, by plain http: browsers keep some of what they have from such pages.

const here = new URL(productUrl() || "http://127.0.0.1");
const there = `http://parley.internal:${here.port}`;
const { args = [], ...browser } = findBrowser();
test.use({
  baseURL: there,
  launchOptions: { ...browser, args: [...args, `--host-resolver-rules=MAP parley.internal ${here.hostname}`] },
});

test("one chats and runs a tenant over plain http from another machine", async ({ page }) => {
  await page.goto("/chat/demo?as=ada");
  expect(await page.evaluate(() => window.isSecureContext)).toBe(false);
  const [text, name] = [unheard("Over the wire"), unheard("Plain")];
  await page.getByRole("button", { name: /^Lobby/u }).click();
  const ada = partsOf(page);
  await ada.say(text);
  await expect(ada.messages.getByText(text)).toBeVisible();
  await expect(ada.messages.getByText("Sending…")).toHaveCount(0);
  const { email, password } = readDemo().admin;
  await signIn(page, email, "/t/demo/keys", password);
  await untilAlive(page);
  await pressCreate(page);
  await page.getByLabel("Name", { exact: true }).fill(name);
  await page.getByLabel("Read profiles").check();
  await page.getByRole("button", { name: "Create", exact: true }).click();
  await expect(page.getByRole("button", { name: `Actions of ${name}` })).toBeAttached();
});
