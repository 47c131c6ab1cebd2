import AxeBuilder from "@axe-core/playwright";
import type { Browser, Page } from "@playwright/test";
import { consolePages } from "../components/console/pages.ts";
import { expect, listen, test, unheard } from "./journey.ts";
import { productUrl, readDemo } from "./people.ts";

const tenantUrl = () => `${productUrl()}/tenant/demo/v1`;

/** The console in a context of its own, signed in as the demo's owner at some page of it. */
async function openConsole(browser: Browser, path: string, more = {}): Promise<{ page: Page; noise: string[] }> {
  const context = await browser.newContext({ baseURL: productUrl(), ...more });
  const page = await context.newPage();
  const noise = listen(page, new URL(productUrl()).origin);
  const { email, password } = readDemo().admin;
  await page.goto(path);
  await page.getByLabel("Email").fill(email);
  await page.getByLabel("Password").fill(password);
  await page.getByRole("button", { name: "Sign in" }).click();
  await page.waitForURL(({ pathname }) => pathname === path);
  return { page, noise };
}

async function answerIfAsked(page: Page): Promise<void> {
  const ask = page.getByRole("dialog", { name: "Is it you?" });
  const shown = page.locator("[data-secret]");
  await expect(ask.or(shown).first()).toBeVisible();
  if (!(await ask.isVisible())) return;
  await ask.getByLabel("Password").fill(readDemo().admin.password);
  await ask.getByRole("button", { name: "Go on" }).click();
}

async function takeKey(page: Page): Promise<string> {
  await answerIfAsked(page);
  const key = await page.locator("[data-secret]").innerText();
  const done = page.getByRole("button", { name: "Done" });
  await expect(done).toBeDisabled();
  await page.keyboard.press("Escape");
  await page.getByLabel("I have stored it").check();
  await done.click();
  return key;
}

const statusWith = async (key: string) =>
  (await fetch(`${tenantUrl()}/Users/ada`, { headers: { "x-api-key": key } })).status;

test("a key is made, used, rotated, and the old one is refused", async ({ browser }) => {
  const { page, noise } = await openConsole(browser, "/t/demo/keys");
  const name = unheard("Reader");
  await page.getByRole("heading", { level: 1, name: "API keys" }).waitFor();
  await page.keyboard.press("c");
  await page.getByLabel("Name", { exact: true }).fill(name);
  await page.getByLabel("Read profiles").check();
  await page.getByRole("button", { name: "Create", exact: true }).click();
  const first = await takeKey(page);
  expect(await statusWith(first)).toBe(200);
  expect(await page.content()).not.toContain(first);

  await page.getByRole("button", { name: `Actions of ${name}` }).click();
  await page.getByRole("menuitem", { name: "Rotate" }).click();
  await page.getByRole("alertdialog").getByRole("button", { name: "Rotate" }).click();
  const second = await takeKey(page);
  expect([await statusWith(first), await statusWith(second)]).toEqual([401, 200]);
  // Asking for the password is an answer of 403, which the browser notes.
  expect(noise.filter((line) => !line.includes("403"))).toEqual([]);
});

test("a notification is composed, delivered, and its mail opened in the catcher", async ({ browser }) => {
  const { page, noise } = await openConsole(browser, "/t/demo/notifications/new");
  const subject = unheard("The ferry is late");
  await page.getByLabel("User's id").fill("ada");
  await page.getByLabel("E-mail address (optional)").fill("ada@lighthouse.example");
  await page.getByLabel("Subject").fill(subject);
  await page.getByLabel("Message", { exact: true }).fill("By ten minutes.");
  await expect(page.getByRole("region", { name: "Preview" }).getByText(subject).first()).toBeVisible();
  await page.getByRole("button", { name: "Send", exact: true }).click();
  await expect(page.getByRole("heading", { name: subject })).toBeVisible();
  await expect(page.getByRole("listitem").filter({ hasText: "Mail to ada@lighthouse.example" })).toContainText(
    "caught",
    {
      timeout: 20_000,
    },
  );
  await page.goto("/t/demo/mail");
  await page.getByRole("button", { name: subject }).click();
  await expect(page.getByRole("article")).toContainText("By ten minutes.");
  expect(noise).toEqual([]);
});

test("settings that are changed in the browser count outside", async ({ browser }) => {
  const { page, noise } = await openConsole(browser, "/t/demo/settings");
  const origin = "https://app.lighthouse.example";
  const allowed = async () =>
    (await fetch(`${tenantUrl()}/hosted`, { headers: { origin } })).headers.get("access-control-allow-origin");
  const origins = page.getByLabel("Origins", { exact: true });
  const before = await origins.inputValue();
  const setOrigins = async (lines: string) => {
    await origins.fill(lines);
    await page.getByRole("button", { name: "Save allowed origins" }).click();
  };
  await setOrigins("https://else.example");
  await expect.poll(allowed).toBeNull();
  await setOrigins(origin);
  await expect.poll(allowed).toBe(origin);
  await expect(origins).toHaveValue(origin);
  await setOrigins(before);

  const { apiKey } = readDemo();
  const call = async () => (await fetch(`${tenantUrl()}/Users/ada`, { headers: { "x-api-key": apiKey } })).status;
  const many = async () => new Set(await Promise.all(Array.from({ length: 8 }, call)));
  const burst = page.getByLabel("One API key: at once");
  const held = await burst.inputValue();
  const rate = page.getByLabel("One API key: a second");
  const speed = await rate.inputValue();
  await burst.fill("2");
  await rate.fill("1");
  await page.getByRole("button", { name: "Save limits" }).click();
  await expect.poll(async () => (await many()).has(429)).toBe(true);
  await expect(burst).toHaveValue("2");
  await burst.fill(held);
  await rate.fill(speed);
  await page.getByRole("button", { name: "Save limits" }).click();
  await expect.poll(async () => [...(await many())]).toEqual([200]);
  expect(noise).toEqual([]);
});

test("nobody, and an operator of another tenant, see nothing of it", async ({ browser }) => {
  const { page, noise } = await openConsole(browser, "/t/demo");
  await page.goto("/t/harbour");
  await expect(page.getByRole("heading", { name: "Not one of your tenants" })).toBeVisible();
  expect(await page.content()).not.toContain("Harbour");
  expect(noise).toEqual([]);
  const denied = await page.evaluate(async () => {
    const ask = await fetch("/api/trpc/tenants.get", { headers: { "x-tenant-id": "harbour" } });
    return ask.status;
  });
  expect([401, 403]).toContain(denied);
});

for (const colorScheme of ["light", "dark"] as const)
  test(`every page meets WCAG 2.2 AA and is quiet, ${colorScheme}`, async ({ browser }) => {
    const { page, noise } = await openConsole(browser, "/t/demo", { colorScheme });
    const paths = [...consolePages.map(({ path }) => path), "/notifications/new"];
    for (const path of paths) {
      await page.goto(`/t/demo${path}`, { waitUntil: "networkidle" });
      await expect(page.locator("main h1")).toBeVisible();
      const { violations } = await new AxeBuilder({ page })
        .withTags(["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"])
        .analyze();
      expect(violations.map(({ id, nodes }) => `${path} ${id} ${nodes[0]?.html}`)).toEqual([]);
    }
    await page.keyboard.press("Control+k");
    await page.getByRole("combobox").fill("api");
    await page.keyboard.press("Enter");
    await page.waitForURL("**/t/demo/keys");
    expect(noise).toEqual([]);
  });
