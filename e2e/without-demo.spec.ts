import { expect, listen, test } from "./journey.ts";
import { type Product, startProduct } from "./product.ts";

let product: Product;

test.beforeAll(async () => {
  test.setTimeout(150_000);
  product = await startProduct({ SEED: "none" });
});

test.afterAll(() => product?.stop());

test("without the demo the page says so, tells what to do, and asks for nothing it cannot get", async ({ browser }) => {
  const page = await browser.newPage({ baseURL: product.url });
  const noise = listen(page, product.url);
  await page.goto("/");
  await expect(page.getByText("The demo is off on this installation")).toBeVisible();
  await expect(page.getByRole("region", { name: "What runs" }).getByRole("status")).toHaveText("Everything runs");
  await expect(page.getByText("Replace the words in capitals with your own values.")).toBeVisible();
  expect(noise).toEqual([]);
  await page.close();
});
