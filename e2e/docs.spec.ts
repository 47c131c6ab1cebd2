import { readdirSync } from "node:fs";
import { expect, test } from "./journey.ts";

test("every error code has its page, and what guards the folder holds", async ({ page, request }) => {
  const codes = readdirSync("docs/errors").map((name) => name.replace(".md", ""));
  for (const code of codes) expect((await request.get(`/docs/errors/${code}`)).status(), code).toBe(200);
  await page.goto("/docs/errors/rate_limited");
  await expect(page.getByRole("heading", { level: 1 })).toContainText("rate_limited");
  expect((await request.get("/docs/nothing")).status()).toBe(404);
  expect([400, 404]).toContain((await request.get("/docs/errors/..%2F..%2Fpackage")).status());
});

test("the first page leads to architecture and guarantees", async ({ page }) => {
  await page.goto("/");
  await page.getByRole("link", { name: "Guarantees" }).click();
  await expect(page.getByRole("heading", { name: "What Parley guarantees" })).toBeVisible();
  await page.goBack();
  await page.getByRole("link", { name: "Architecture" }).click();
  await expect(page.getByRole("heading", { name: "Architecture, on one page" })).toBeVisible();
});
