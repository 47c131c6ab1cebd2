import { join } from "node:path";
import type { Browser, Page } from "@playwright/test";
import { generate } from "otplib";
import pg from "pg";
import { findRunningPostgres } from "../server/persistence/embedded-running.ts";
import { expectAccessible } from "./accessible.ts";
import { openConsole } from "./console.ts";
import { expect, intercept, listen, loseAnswer, test } from "./journey.ts";
import { productUrl } from "./people.ts";

const password = "a password that is long";
const nobody = "The service did not answer. Try again in a moment.";
/** Of this run: accounts and tenants stay. */
const run = crypto.randomUUID().slice(0, 8);

async function open(browser: Browser): Promise<{ page: Page; noise: string[]; close(): Promise<void> }> {
  const context = await browser.newContext({ baseURL: productUrl() });
  const page = await context.newPage();
  return { page, noise: listen(page, productUrl()), close: () => context.close() };
}

/** @param onSent after the form was sent, before its console is there */
async function signUp(page: Page, name: string, onSent = async () => {}): Promise<{ email: string; tenant: string }> {
  const [email, tenant] = [`${name}-${run}@example.com`, `${name}-${run}`];
  await page.goto("/sign-up");
  await page.getByLabel("Email").fill(email);
  await page.getByLabel("Password").fill(password);
  await page.getByLabel("Name of your tenant").fill(`${name} Ltd`);
  await page.getByLabel("Its id").fill(tenant);
  await page.getByRole("button", { name: "Sign up" }).click();
  await onSent();
  await expect(page.getByRole("heading", { level: 1, name: `${name} Ltd` })).toBeVisible();
  return { email, tenant };
}

/** As if ten minutes had gone by since somebody gave a password. */
async function forgetPassword(email: string): Promise<void> {
  const url = await findRunningPostgres(join(process.env.PARLEY_E2E_HOME ?? "", ".data"));
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  await client.query(
    "update person_sessions set sudo_until = now() - interval '1 minute' where person_id = (select id from persons where email = $1)",
    [email],
  );
  await client.end();
}

test("a newcomer signs up, makes a key and sends a first message with it; a colleague takes an invitation", async ({
  browser,
}) => {
  const nina = await open(browser);
  // Asked once more after an answer that was lost, it is done once, and not refused as taken.
  await nina.page.route("**/people.signUp", loseAnswer, { times: 1 });
  const { tenant } = await signUp(nina.page, "nina", async () => {
    await expect(nina.page.getByText(nobody)).toBeVisible();
    await nina.page.getByRole("button", { name: "Sign up" }).click();
  });
  await nina.page.goto(`/t/${tenant}/keys?create=true`);
  await nina.page.getByLabel("Name", { exact: true }).fill("First");
  for (const what of ["Make and change chats and members", "Send, edit and delete messages", "Act as any user"])
    await nina.page.getByLabel(what).check();
  await nina.page.getByRole("button", { name: "Create", exact: true }).click();
  const key = (await nina.page.locator("[data-secret]").textContent())?.trim() ?? "";
  const call = (path: string, body: object) =>
    fetch(`${productUrl()}/tenant/${tenant}/v1${path}`, {
      method: "POST",
      headers: { "x-api-key": key, "x-act-as-user": "ada", "content-type": "application/json" },
      body: JSON.stringify(body),
    });
  const chat = (await (await call("/Chat", { name: "Crew", memberUserIds: ["ben"] })).json()) as { id: string };
  expect((await call(`/Chat/${chat.id}/messages`, { text: "Hello from our own key" })).status).toBe(201);

  const invited = await nina.page.evaluate(
    async ({ tenant, email }) => {
      const headers = { "content-type": "application/json", "x-tenant-id": tenant };
      const body = JSON.stringify({ email, role: "support" });
      const response = await fetch("/api/trpc/operators.invite", { method: "POST", headers, body });
      return ((await response.json()) as { result: { data: { link: string } } }).result.data;
    },
    { tenant, email: `otto-${run}@example.com` },
  );
  const otto = await open(browser);
  await otto.page.goto(invited.link);
  await expect(otto.page.getByText(`nina-${run}@example.com invites otto-${run}@example.com`)).toBeVisible();
  await expectAccessible(otto.page);
  await otto.page.getByLabel("Password").fill(password);
  await intercept(otto.page, /people\.acceptInvitation/u, loseAnswer, { times: 1 });
  await otto.page.getByRole("button", { name: "Accept" }).click();
  await expect(otto.page.getByText(nobody)).toBeVisible();
  await otto.page.getByRole("button", { name: "Accept" }).click();
  await expect(otto.page.getByRole("heading", { level: 1, name: "nina Ltd" })).toBeVisible();
  await expect(otto.page.getByText(`${tenant} · support`)).toBeVisible();
  expect([...nina.noise, ...otto.noise].filter((line) => !line.includes("ERR_FAILED"))).toEqual([]);
  await nina.close();
  await otto.close();
});

test("a password that is wrong is said to be so, with another way to come in", async ({ browser }) => {
  const wrong = await open(browser);
  await wrong.page.goto("/sign-in");
  await wrong.page.getByLabel("Email").fill("nobody@example.com");
  await wrong.page.getByLabel("Password").fill("not the password");
  await wrong.page.getByRole("button", { name: "Sign in" }).click();
  const said = "That did not work. Check your email and password, or ask for a link by mail below.";
  await expect(wrong.page.getByRole("alert").filter({ hasText: said })).toBeVisible();
  // The pages beside it lead back to it with where one wanted to go.
  await wrong.page.goto("/sign-in?next=%2Faccount");
  for (const [there, back] of [
    ["Make an account", "I have an account"],
    ["Forgotten password, or sign in by mail", "Sign in"],
  ] as const) {
    await wrong.page.getByRole("link", { name: there }).click();
    await wrong.page.getByRole("link", { name: back }).click();
    await expect(wrong.page).toHaveURL(/\/sign-in\?next=%2Faccount$/u);
  }
  await wrong.close();
});

test("after ten minutes what is dangerous asks for the password in place, and goes on", async ({ browser }) => {
  const rita = await open(browser);
  const { email, tenant } = await signUp(rita.page, "rita");
  const dialog = rita.page.getByRole("dialog", { name: "Is it you?" });
  await forgetPassword(email);
  await expect(async () => {
    await rita.page.goto("/account");
    await rita.page.getByRole("button", { name: "Switch on" }).click();
    await expect(dialog).toBeVisible({ timeout: 1500 });
  }).toPass();
  await rita.page.keyboard.press("Escape");
  await expect(dialog).toBeHidden();
  const switchOn = rita.page.getByRole("button", { name: "Switch on" });
  await expect(switchOn, "one is where one was").toBeFocused();
  await intercept(rita.page, /account\.startTotp/u, (route) => route.abort());
  await rita.page.getByRole("button", { name: "Switch on" }).click();
  await expect(rita.page.getByText(nobody)).toBeVisible();
  await expect(switchOn).toBeFocused();
  await rita.page.unroute(/account\.startTotp/u);
  await rita.page.getByRole("button", { name: "Switch on" }).click();
  await expect(dialog).toBeVisible();
  await expect(rita.page.getByText(nobody), "is no answer to what is asked now").toBeHidden();
  await dialog.getByLabel("Password").fill("not the password");
  await dialog.getByRole("button", { name: "Go on" }).click();
  await expect(dialog.getByText("That is not your password or code")).toBeVisible();
  await dialog.getByLabel("Password").fill(password);
  await dialog.getByRole("button", { name: "Go on" }).click();
  await expect(rita.page.getByRole("img", { name: "QR code for the authenticator app" })).toBeVisible();
  await expect(dialog).toBeHidden();
  await expect(rita.page.getByLabel("Code")).toBeFocused();

  // On a slow line one press is enough, and a second one does not take back what the first has said.
  let letGo = () => {};
  const held = new Promise<void>((resolve) => {
    letGo = resolve;
  });
  await intercept(rita.page, /account\.changePassword/u, async (route) => {
    await held;
    await route.continue();
  });
  await rita.page.getByLabel("Current password").fill(password);
  await rita.page.getByLabel("New password").fill(`${password} too`);
  const change = rita.page.getByRole("button", { name: "Change password" });
  await change.click();
  await expect(change).toBeDisabled();
  letGo();
  await expect(rita.page.getByText("Changed. Your other browsers are signed out.")).toBeVisible();

  // Without a line nobody is told that the session is over.
  await rita.page.context().setOffline(true);
  await rita.page.getByRole("button", { name: "Sign out" }).click();
  await expect(rita.page.getByText(nobody)).toBeVisible();
  await rita.page.context().setOffline(false);
  await rita.page.goto(`/t/${tenant}`);
  await expect(rita.page.getByRole("heading", { level: 1, name: "rita Ltd" })).toBeVisible();
  // As often as it takes: a busy machine may lose the press of a menu that has just opened.
  const signOut = (told: () => Promise<void>) =>
    expect(async () => {
      if (rita.page.url().endsWith("/sign-in")) return;
      await rita.page.getByRole("button", { name: "Account" }).click({ timeout: 2_000 });
      await rita.page.getByRole("menuitem", { name: "Sign out" }).click({ timeout: 2_000 });
      await told();
    }).toPass();
  await rita.page.context().setOffline(true);
  await signOut(() => expect(rita.page.getByText("You are still signed in")).toBeVisible({ timeout: 4_000 }));
  await rita.page.context().setOffline(false);
  await signOut(() => rita.page.waitForURL("**/sign-in", { timeout: 10_000 }));
  await rita.close();
});

test("what changes an account is done once, also where its first answer was lost", async ({ browser }) => {
  const { page, noise, close } = await open(browser);
  await signUp(page, "sven");
  await page.goto("/account");
  const again = async (call: RegExp, name: string) => {
    await intercept(page, call, loseAnswer, { times: 1 });
    await page.getByRole("button", { name }).click();
    await expect(page.getByText(nobody)).toBeVisible();
    await page.getByRole("button", { name }).click();
  };
  await page.getByLabel("Current password").fill(password);
  await page.getByLabel("New password").fill(`${password} too`);
  await again(/account\.changePassword/u, "Change password");
  await expect(page.getByText("Changed. Your other browsers are signed out.")).toBeVisible();

  await page.getByRole("button", { name: "Switch on" }).click();
  const secret = await page.getByText(/^[A-Z2-7]{16,}$/u).textContent();
  await page.getByLabel("Code").fill(await generate({ secret: secret ?? "" }));
  await again(/account\.confirmTotp/u, "Confirm");
  const codes = page.getByRole("alertdialog", { name: "Your recovery codes" });
  const first = (await codes.locator("[data-secret]").textContent())?.split("\n")[0] ?? "";
  await codes.getByLabel("I have stored it").check();
  await codes.getByRole("button", { name: "Done" }).click();
  await expect(page.getByText("On, with 10 recovery codes left.")).toBeVisible();

  await page.getByLabel("Code").fill(first);
  await again(/account\.disableTotp/u, "Switch off");
  await expect(page.getByText("Off. Signing in takes one step.")).toBeVisible();
  expect(noise.filter((line) => !line.includes("ERR_FAILED"))).toEqual([]);
  await close();
});

test("the pages on which one comes in meet WCAG 2.2 AA in both themes and fit 360 px", async ({ page }) => {
  const ways = [
    "/sign-in",
    "/sign-in?link=x",
    "/sign-up",
    "/sign-up?claim=x",
    "/reset",
    "/reset?token=x",
    "/invite/x.y",
  ];
  for (const path of [...ways, "/chat/demo", "/inbox/demo"]) {
    await page.goto(path);
    await expect(page.getByRole("heading", { level: 1 })).toBeVisible();
    await expectAccessible(page);
  }
  await page.goto("/reset");
  await page.getByLabel("Email").fill(`nobody-${run}@example.com`);
  await page.getByRole("button", { name: "Mail a link to sign in" }).click();
  await expect(page.getByText(/^If there is an account/u)).toBeVisible();
});

test("what is not there and what breaks says so on a page that meets WCAG 2.2 AA in both themes and fits 360 px", async ({
  browser,
}) => {
  const { page, close } = await openConsole(browser, "/t/demo/keys");
  await page.goto("/nothing/of/the/kind");
  await expect(page.getByRole("heading", { name: "There is no page here" })).toBeVisible();
  await expectAccessible(page);
  // A browser in which something that the console needs does not work.
  await page.addInitScript(() => {
    Array.prototype.toSorted = () => {
      throw new Error("broken by a journey");
    };
  });
  await page.goto("/t/demo/keys");
  await expect(page.getByRole("heading", { name: "This page stumbled" })).toBeVisible();
  await expectAccessible(page);
  await close();
});
