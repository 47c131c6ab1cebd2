import { join } from "node:path";
import type { Page } from "@playwright/test";
import pg from "pg";
import { findRunningPostgres } from "../server/persistence/embedded-running.ts";
import { type OpenIdProvider, startOpenIdProvider } from "../server/testing/open-id-provider.ts";
import { expectAccessible } from "./accessible.ts";
import { expect, listen, test } from "./journey.ts";
import { type Product, startProduct } from "./product.ts";

const people = [
  { sub: "nora", inToken: { email: "Nora@harbour.example", email_verified: true, name: "Nora Quay" } },
  { sub: "mallory", inToken: { email: "nora@harbour.example", email_verified: false } },
  // What is said in two places is not taken together.
  { sub: "minx", inToken: { email_verified: true }, whenAsked: { email: "nora@harbour.example" } },
  { sub: "otto", whenAsked: { email: "otto@harbour.example", email_verified: true } },
  // As Microsoft says it.
  { sub: "edda", inToken: { email: "edda@harbour.example", xms_edov: true } },
];
const button = "Continue with Harbour ID";

let provider: OpenIdProvider;
let product: Product;

test.describe.configure({ mode: "serial" });

test.beforeAll(async () => {
  test.setTimeout(150_000);
  provider = await startOpenIdProvider(people);
  product = await startProduct({
    SEED: "none",
    OIDC_ISSUER: provider.issuer,
    OIDC_CLIENT_ID: provider.clientId,
    OIDC_CLIENT_SECRET: provider.clientSecret,
    OIDC_NAME: "Harbour ID",
  });
});

test.afterAll(async () => {
  await product?.stop();
  await provider?.close();
});

/** From the page that is open, by the provider's button, as one of its people. */
async function continueAs(page: Page, who: string): Promise<void> {
  await page.getByRole("button", { name: button }).click();
  await page.getByRole("link", { name: who, exact: true }).click();
}

async function signInAs(page: Page, who: string, next = "/account?from=mail#tenants"): Promise<void> {
  await page.goto(`${product.url}/sign-in?next=${encodeURIComponent(next)}`);
  await continueAs(page, who);
}

/** As if ten minutes had gone by since somebody said who they are. */
async function forgetSignIn(): Promise<void> {
  const client = new pg.Client({ connectionString: await findRunningPostgres(join(product.home, ".data")) });
  await client.connect();
  await client.query("update person_sessions set sudo_until = now() - interval '1 minute'");
  await client.end();
}

test("by the provider one comes in, to where one wanted to go, and says once more who one is", async ({ browser }) => {
  const context = await browser.newContext();
  const page = await context.newPage();
  const noise = listen(page, product.url);
  await signInAs(page, "nora");
  await page.waitForURL(`${product.url}/account?from=mail#tenants`);
  await expect(page.getByText("nora@harbour.example")).toBeVisible();
  await expect(page.getByRole("listitem").filter({ hasText: "This browser" })).toHaveCount(1);

  await page.getByLabel("Name of the tenant").fill("Harbour");
  await page.getByLabel("Its id").fill("harbour");
  await page.getByRole("button", { name: "Make the tenant" }).click();
  await page.waitForURL(`${product.url}/t/harbour`);

  expect(noise.filter((line) => !line.startsWith(`other origin: ${provider.issuer}/`))).toEqual([]);

  await forgetSignIn();
  await page.goto(`${product.url}/account`);
  const dialog = page.getByRole("dialog", { name: "Is it you?" });
  const change = async () => {
    await page.getByLabel("New password").fill("a password that is long");
    await page.getByRole("button", { name: "Change password" }).click();
  };
  await expect(async () => {
    await page.reload();
    await page.getByRole("button", { name: "Switch on" }).click();
    await expect(dialog).toBeVisible({ timeout: 1500 });
  }).toPass(); // what was read of the session a moment ago is good for two seconds
  await continueAs(page, "nora");
  await page.waitForURL(`${product.url}/account`);
  expect(provider.asked.map((asked) => asked.get("max_age"))).toEqual([null, "0"]);
  await change();
  await expect(page.getByText("Changed. Your other browsers are signed out.")).toBeVisible();
  await context.close();
});

test("who is not let in is told why, and keeps where they wanted to go", async ({ browser }) => {
  const context = await browser.newContext();
  const page = await context.newPage();
  const refused = page.getByRole("alert").filter({ hasText: /\S/ });
  const back = () =>
    page.waitForURL(({ pathname, searchParams }) => pathname === "/sign-in" && searchParams.has("error"));
  for (const who of ["mallory", "minx"]) {
    await signInAs(page, who);
    await back();
    await expect(refused).toHaveText(/^Harbour ID does not say that your email address is verified/);
  }
  await expectAccessible(page);
  await continueAs(page, "Cancel");
  await back();
  await expect(refused).toHaveText(/^Harbour ID did not sign you in: it was called off/);
  await continueAs(page, "otto");
  await page.waitForURL(`${product.url}/account?from=mail#tenants`);
  await signInAs(page, "edda", "/account");
  await expect(page.getByText("edda@harbour.example")).toBeVisible();
  await context.close();
});

test("where the provider does not answer, the page says so and the password still works", async ({ browser }) => {
  const context = await browser.newContext();
  const page = await context.newPage();
  await provider.close();
  await page.goto(`${product.url}/sign-in?next=/account`);
  await page.getByRole("button", { name: button }).click();
  await expect(page.getByText(/^Harbour ID cannot be reached/)).toBeVisible();
  await page.getByLabel("Email").fill("nora@harbour.example");
  await page.getByLabel("Password").fill("a password that is long");
  await page.getByRole("button", { name: "Sign in" }).click();
  await page.waitForURL(`${product.url}/account`);
  await context.close();
});

test("without its settings there is no button", async ({ page }) => {
  for (const path of ["/sign-in", "/sign-up"]) {
    await page.goto(path);
    await expect(page.getByRole("button", { name: /^Sign (in|up)$/ })).toBeEnabled();
    await expect(page.getByRole("button", { name: /^Continue with/ })).toHaveCount(0);
  }
});
