import type { Page } from "@playwright/test";
import { consolePages } from "../components/console/pages.ts";
import { expectAccessible } from "./accessible.ts";
import { openConsole } from "./console.ts";
import { expect, pick, test, unheard } from "./journey.ts";
import { pressCreate, pressUntil, untilAlive } from "./own-tenant.ts";
import { productUrl } from "./people.ts";

async function takeKey(page: Page): Promise<string> {
  const key = (await page.locator("[data-secret]").textContent()) ?? "";
  const done = page.getByRole("button", { name: "Done" });
  await expect(done).toBeDisabled();
  await page.keyboard.press("Escape");
  await page.getByLabel("I have stored it").check();
  await done.click();
  await expect(page.locator("[data-secret]")).toHaveCount(0); // the dialog fades
  return key;
}

test("a key is made, used, rotated, and the old one is refused", async ({ browser }) => {
  const { page, noise, close } = await openConsole(browser, "/t/demo/keys");
  const call = async (key: string) =>
    (await fetch(`${productUrl()}/tenant/demo/v1/Users/ada`, { headers: { "x-api-key": key } })).status;
  const name = unheard("Reader");
  await page.getByRole("heading", { level: 1, name: "API keys" }).waitFor();
  await pressCreate(page);
  await page.getByLabel("Name", { exact: true }).fill(name);
  await page.getByLabel("Read profiles").check();
  await page.getByRole("button", { name: "Create", exact: true }).click();
  const first = await takeKey(page);
  expect(await call(first)).toBe(200);
  expect(await page.content()).not.toContain(first);

  await pick(page.getByRole("button", { name: `Actions of ${name}` }), "Rotate");
  const changes: string[] = [];
  page.on("request", (request) => changes.push(...(request.url().match(/apiKeys\.(rotate|delete)/gu) ?? [])));
  // A second press does nothing more.
  await page.getByRole("alertdialog").getByRole("button", { name: "Rotate" }).dblclick();
  const second = await takeKey(page);
  expect(changes).toEqual(["apiKeys.rotate"]);
  expect([await call(first), await call(second)]).toEqual([401, 200]);

  // From the key to its calls, and back.
  await pick(page.getByRole("button", { name: `Actions of ${name}` }), "See its calls");
  const calls = page.getByRole("table", { name: "API requests" });
  await expect(calls.getByRole("row")).toHaveCount(2);
  await expect(calls).toContainText("users.get");
  await expect(page.getByLabel("Key", { exact: true }).locator("option:checked")).toContainText(name);
  await calls.getByRole("button", { name: "users.get" }).click();
  const detail = page.getByRole("dialog", { name: "users.get" });
  await expect(detail.getByRole("link", { name })).toBeVisible();
  await page.keyboard.press("Escape");
  await calls.getByRole("link", { name }).click();
  await expect(page.getByRole("heading", { level: 1, name: "API keys" })).toBeVisible();
  await expect(page).toHaveURL(/\/keys\?open=/u);
  expect(noise).toEqual([]);
  await close();
});

test("an operator of another tenant sees nothing of it; the palette leads by keyboard", async ({ browser }) => {
  const { page, noise, close } = await openConsole(browser, "/t/demo");
  await page.goto("/t/harbour");
  await expect(page.getByRole("heading", { name: "Not one of your tenants" })).toBeVisible();
  expect(await page.content()).not.toContain("Harbour");
  await page.goto("/t/demo");
  await untilAlive(page);
  await pressUntil(page, "Control+k", page.getByRole("combobox"));
  await page.getByRole("combobox").fill("api keys");
  await expect(page.getByRole("option", { name: /API keys/ })).toHaveAttribute("aria-selected", "true");
  await page.keyboard.press("Enter");
  await page.waitForURL("**/t/demo/keys");
  expect(noise).toEqual([]);
  const denied = await page.evaluate(async () => {
    const ask = await fetch("/api/trpc/tenants.get", { headers: { "x-tenant-id": "harbour" } });
    return ask.status;
  });
  expect([401, 403]).toContain(denied);
  await close();
});

test("what is not there is said to be so, and not offered again", async ({ browser }) => {
  const { page, close } = await openConsole(browser, "/t/demo/notifications/nope");
  await expect(page.getByText("It was deleted, or the address is wrong.")).toBeVisible();
  await expect(page.getByRole("button", { name: "Try again" })).toHaveCount(0);
  for (const [path, heading] of [
    ["chats/nope", "Chat"],
    ["users/nope", "User"],
    ["templates/nope", "Template"],
    ["topics/nope", "Topic"],
    ["webhooks/nope", "Webhook"],
  ]) {
    await page.goto(`/t/demo/${path}`);
    await expect(page.getByRole("heading", { level: 1, name: heading, exact: true })).toBeVisible();
    await expect(page.getByText("It was deleted, or the address is wrong.")).toBeVisible();
  }
  await close();
});

for (const group of new Set(consolePages.map((page) => page.group)))
  test(`the pages of ${group || "the start"} are quiet, meet WCAG 2.2 AA in both themes and fit 360 px`, async ({
    browser,
  }) => {
    const { page, noise, close } = await openConsole(browser, "/t/demo");
    for (const { path } of consolePages.filter((one) => one.group === group)) {
      await page.goto(`/t/demo${path}`);
      await untilAlive(page);
      await expectAccessible(page);
    }
    expect(noise).toEqual([]);
    await close();
  });
