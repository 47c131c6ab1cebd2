import { findBrowser } from "./browser.ts";
import { expect, listen, test, unheard } from "./journey.ts";
import { password, pressCreate, untilAlive } from "./own-tenant.ts";
import { partsOf, productUrl } from "./people.ts";
import { claimOf, type Product, startProduct } from "./product.ts";

// A service on a local network, by plain http: from such pages browsers keep back some of what they have, and send less with a request.

const name = "parley.internal";
const { args = [], ...browser } = findBrowser();
test.use({ launchOptions: { ...browser, args: [...args, `--host-resolver-rules=MAP ${name} 127.0.0.1`] } });

let product: Product | undefined;
test.afterAll(() => product?.stop());

test("one chats over plain http from another machine", async ({ browser }) => {
  const there = `http://${name}:${new URL(productUrl()).port}`;
  const page = await browser.newPage({ baseURL: there });
  const noise = listen(page, there);
  await page.goto("/chat/demo?as=ada");
  expect(await page.evaluate(() => window.isSecureContext)).toBe(false);
  const text = unheard("Over the wire");
  await page.getByRole("button", { name: /^Lobby/u }).click();
  const ada = partsOf(page);
  await ada.say(text);
  await expect(ada.messages.getByText(text)).toBeVisible();
  await expect(ada.messages.getByText("Sending…")).toHaveCount(0);
  expect(noise).toEqual([]);
  await page.context().close();
});

test("so does one run a tenant", async ({ browser }) => {
  test.setTimeout(150_000);
  product = await startProduct({ SEED: "none" }, name);
  const page = await browser.newPage({ baseURL: product.url });
  const noise = listen(page, product.url);
  await page.goto(await claimOf(product));
  const fields = {
    Email: "owner@plain.example",
    Password: password,
    "Name of your tenant": "Plain",
    "Its id": "plain",
  };
  for (const [label, value] of Object.entries(fields)) await page.getByLabel(label).fill(value);
  await page.getByRole("button", { name: "Sign up" }).click();
  await page.waitForURL(`${product.url}/t/plain`);
  await page.goto("/t/plain/keys");
  await untilAlive(page);
  await pressCreate(page);
  await page.getByLabel("Name", { exact: true }).fill("Reader");
  await page.getByLabel("Read profiles").check();
  await page.getByRole("button", { name: "Create", exact: true }).click();
  await page.getByLabel("I have stored it").check();
  await page.getByRole("button", { name: "Done" }).click();
  await expect(page.getByRole("button", { name: "Actions of Reader" })).toBeVisible();
  expect(noise).toEqual([]);
  await page.context().close();
});
