import type { Browser, Page } from "@playwright/test";
import { generate } from "otplib";
import { type MailServer, startMailServer } from "../server/testing/mail-server.ts";
import { expect, listen, pick, test } from "./journey.ts";
import { callInPage } from "./own-tenant.ts";
import { claimOf, type Product, startProduct } from "./product.ts";

const email = "olga@harbour.example";
const passwords = {
  first: "a password that is long",
  second: "a second one, as long",
  third: "and a third that is long",
};

let product: Product;
let mail: MailServer;

// An installation from its first start on: a journey goes on where the one before it left its owner.
test.describe.configure({ mode: "serial" });

test.beforeAll(async () => {
  test.setTimeout(150_000);
  mail = await startMailServer();
  product = await startProduct({ SEED: "none", MAIL_URL: mail.url });
});

test.afterAll(async () => {
  await product?.stop();
  await mail?.close();
});

async function open(browser: Browser): Promise<{ page: Page; noise: string[] }> {
  const page = await browser.newPage({ baseURL: product.url });
  return { page, noise: listen(page, product.url) };
}

/** Fills the form of the sign-in page, and sends it. */
async function signIn(page: Page, fields: Record<string, string>): Promise<void> {
  for (const [label, value] of Object.entries(fields)) await page.getByLabel(label).fill(value);
  await page.getByRole("button", { name: "Sign in", exact: true }).click();
}

const account = (page: Page) => page.getByRole("heading", { level: 1, name: "Your account" });
/** What the page says of what was sent; Next has an alert of its own, which is empty. */
const alert = (page: Page) => page.getByRole("alert").filter({ hasText: /\S/ });
/** 200 or 401, as the service answers to what the browser keeps. */
const accountStatus = async (page: Page) =>
  (await page.request.get("/api/console/account", { headers: { origin: product.url } })).status();
const at = (path: string) => product.url + path;

/** The link in the mail that has the subject. */
async function mailed(subject: string): Promise<string> {
  const find = async () => {
    for (const one of mail.mails) {
      const parsed = await one.parse();
      if (parsed.subject === subject) return /http\S+/.exec(parsed.text ?? "")?.[0];
    }
    return undefined;
  };
  await expect.poll(find).toBeDefined();
  return (await find()) ?? "";
}

/** Has a notification mailed, takes the mail as its server got it, and does what a mail provider's button does. */
async function unsubscribeByMail(notify: (told: object) => Promise<number>): Promise<void> {
  const told = { userId: "ada", email: "ada@quay.example", type: "Delay", subject: "Late", message: "Ten minutes." };
  expect(await notify(told)).toBe(201);
  const find = () => mail.mails.find(({ to }) => to === told.email);
  await expect.poll(find).toBeDefined();
  const parsed = await find()?.parse();
  expect(parsed?.text).toContain("Ten minutes.");
  const headers = new Map(parsed?.headerLines.map(({ key, line }) => [key, line.replace(/\s+/g, " ")]));
  expect(headers.get("list-unsubscribe-post")).toBe("List-Unsubscribe-Post: List-Unsubscribe=One-Click");
  const link = /<(\S+)>/.exec(headers.get("list-unsubscribe") ?? "")?.[1] ?? "";
  const answer = await fetch(link, { method: "POST", body: new URLSearchParams({ "List-Unsubscribe": "One-Click" }) });
  expect([answer.status, await answer.text()]).toEqual([200, "Unsubscribed from Delay.\n"]);
}

/** Begins to switch two factors on; gives what the app says so many seconds from now. */
async function startTwoFactors(page: Page): Promise<(late?: number) => Promise<string>> {
  await page.getByRole("button", { name: "Switch on" }).click();
  await expect(page.getByRole("img", { name: "QR code for the authenticator app" })).toBeVisible();
  const secret = (await page.getByText(/^[A-Z2-7]{16,}$/).textContent()) ?? "";
  return (late = 0) => generate({ secret, epoch: Math.floor(Date.now() / 1000) + late });
}

test("without the demo the page says so, tells what to do, and asks for nothing it cannot get", async ({ browser }) => {
  const { page, noise } = await open(browser);
  await page.goto("/");
  await expect(page.getByText("The demo is off on this installation")).toBeVisible();
  await expect(page.getByRole("region", { name: "What runs" }).getByRole("status")).toHaveText("Everything runs");
  await expect(page.getByText("Replace the words in capitals with your own values.")).toBeVisible();
  const links = page.getByRole("region", { name: "Where to go" }).getByRole("link");
  const hrefs = await links.evaluateAll((all) => all.map((link) => link.getAttribute("href") ?? ""));
  expect(hrefs).toContain("/docs");
  for (const href of hrefs) expect((await page.request.get(href)).status(), href).toBe(200);
  expect(noise).toEqual([]);
  await page.context().close();
});

test("the printed link makes the owner, who runs two tenants, suspends one and limits it", async ({ browser }) => {
  const { page, noise } = await open(browser);
  const claim = await claimOf(product);
  await page.goto(claim);
  await expect(page.getByRole("heading", { name: "Claim this installation" })).toBeVisible();
  const fields = { Email: email, Password: passwords.first, "Name of your tenant": "Harbour", "Its id": "harbour" };
  for (const [label, value] of Object.entries(fields)) await page.getByLabel(label).fill(value);
  await page.getByRole("button", { name: "Sign up" }).click();
  await page.waitForURL(at("/t/harbour"));
  expect(await (await page.request.get(claim)).text()).toContain("This claim is over");

  // Two tenants of one person, signed in once.
  await page.goto("/account");
  await page.getByRole("button", { name: "New tenant" }).click();
  await page.getByLabel("Name of the tenant").fill("Quay");
  await page.getByLabel("Its id").fill("quay");
  await page.getByRole("button", { name: "Make the tenant" }).click();
  await page.waitForURL(at("/t/quay"));
  await pick(page.getByRole("button", { name: "Quay quay · owner" }), "Harbour");
  await page.waitForURL(at("/t/harbour"));
  await expect(page.getByRole("button", { name: "Harbour harbour · owner" })).toBeVisible();

  const { key } = await callInPage<{ key: string }>(page, "quay", "apiKeys.rotate", { kind: "primary" });
  const call = (path: string, headers: Record<string, string>, body?: object) =>
    fetch(at(`/tenant/quay/v1${path}`), {
      headers: { ...headers, "content-type": "application/json" },
      ...(body ? { method: "POST", body: JSON.stringify(body) } : {}),
    });
  const { token } = (await (await call("/tokens", { "x-api-key": key }, { userId: "ada" })).json()) as {
    token: string;
  };
  const asAda = async () => (await call("/counters", { authorization: `Bearer ${token}` })).status;
  expect(await asAda()).toBe(200);
  await unsubscribeByMail(async (told) => (await call("/Notifications", { "x-api-key": key }, told)).status);

  await page.goto("/account");
  await page.getByRole("link", { name: "Every tenant of this installation" }).click();
  await page.waitForURL(at("/installation"));
  const quay = page.getByRole("listitem").filter({ hasText: "quay ·" });
  await quay.getByRole("button", { name: "Suspend" }).click();
  await expect(quay.getByRole("button", { name: "Let go on" })).toBeVisible();
  await expect.poll(asAda).toBe(403);
  await quay.getByRole("button", { name: "Let go on" }).click();
  await expect(quay.getByRole("button", { name: "Suspend" })).toBeVisible();
  await expect.poll(asAda).toBe(200);

  await quay.getByLabel("Calls a second").fill("0.1");
  await quay.getByLabel("At once").fill("1");
  await quay.getByRole("button", { name: "Limit" }).click();
  await expect(quay.getByRole("button", { name: "Lift" })).toBeVisible();
  await expect(quay.getByText("quay may make 0.1 calls a second, 1 at once."), "where it was pressed").toBeVisible();
  await expect.poll(asAda).toBe(429);
  await quay.getByRole("button", { name: "Lift" }).click();
  await expect(quay.getByRole("button", { name: "Lift" })).toHaveCount(0);
  await expect(quay.getByLabel("Calls a second")).not.toHaveValue("0.1");
  await expect.poll(asAda).toBe(200);
  expect(noise).toEqual([]);
  await page.context().close();
});

test("two factors are switched on with a code of the app, asked for when signing in, and switched off", async ({
  browser,
}) => {
  const { page } = await open(browser);
  const other = (await open(browser)).page;
  await page.goto("/sign-in?next=/account");
  await signIn(page, { Email: email, Password: passwords.first });
  await expect(account(page)).toBeVisible();
  const code = await startTwoFactors(page);
  await page.getByLabel("Code").fill("12345");
  await page.getByRole("button", { name: "Confirm" }).click();
  await expect(page.getByText("is not the app's code of now")).toBeVisible();
  await page.getByLabel("Code").fill(await code());
  await page.getByRole("button", { name: "Confirm" }).click();
  const shown = page.getByRole("alertdialog", { name: "Your recovery codes" });
  await page.keyboard.press("Escape");
  const recovery = ((await shown.locator("[data-secret]").textContent()) ?? "").split("\n");
  expect(recovery).toEqual(Array.from({ length: 10 }, () => expect.stringMatching(/^[0-9a-f]{4}(-[0-9a-f]{4}){3}$/)));
  const [spent = "", last = ""] = recovery;
  await shown.getByLabel("I have stored it").check();
  await shown.getByRole("button", { name: "Done" }).click();
  await expect(shown).toHaveCount(0);
  await expect(page.getByText("On, with 10 recovery codes left.")).toBeVisible();

  // Signed out, also for whoever kept the cookie.
  const kept = await page.context().storageState();
  await page.getByRole("button", { name: "Sign out", exact: true }).last().click(); // below those of single browsers
  await page.waitForURL(at("/sign-in"));
  const thief = await browser.newPage({ baseURL: product.url, storageState: kept });
  await expect.poll(() => accountStatus(thief)).toBe(401);
  await thief.context().close();

  await page.goto("/sign-in?next=/account");
  await signIn(page, { Email: email, Password: passwords.first });
  await expect(alert(page)).toHaveText(/^Now the code of your authenticator app/);
  await signIn(page, { Code: "000000" });
  await expect(alert(page)).toHaveText(/^That did not work. Check the code/);
  await signIn(page, { Code: spent });
  await expect(page.getByText("On, with 9 recovery codes left.")).toBeVisible();
  await other.goto("/sign-in?next=/account");
  await signIn(other, { Email: email, Password: passwords.first });
  await expect(alert(other)).toHaveText(/^Now the code/);
  await signIn(other, { Code: spent });
  await expect(alert(other)).toHaveText(/^That did not work. Check the code/);
  await signIn(other, { Code: await code(30) }); // of a phone whose clock is ahead; the one of now was used
  await expect(account(other)).toBeVisible();

  // One browser ends the sessions of the others: of this journey's second one, and of the first journey's.
  await page.reload();
  const elsewhere = page.getByRole("listitem").filter({ hasText: "Last seen" });
  for (const left of [2, 1]) {
    await expect(elsewhere).toHaveCount(left);
    await elsewhere.first().getByRole("button", { name: "Sign out" }).click();
  }
  await expect(elsewhere).toHaveCount(0);
  await expect.poll(() => accountStatus(other)).toBe(401);
  expect(await accountStatus(page)).toBe(200);

  await page.getByLabel("Code").fill(last);
  await page.getByRole("button", { name: "Switch off" }).click();
  await expect(page.getByText("Off. Signing in takes one step.")).toBeVisible();
  await other.goto("/sign-in?next=/account");
  await signIn(other, { Email: email, Password: passwords.first });
  await expect(account(other)).toBeVisible();
  await page.context().close();
  await other.context().close();
});

test("a password is changed, and set anew by a mailed link; another link signs in, with a code, once", async ({
  browser,
}) => {
  const { page } = await open(browser);
  const other = (await open(browser)).page;
  // Somebody else: of one person so many tries are taken in so many minutes.
  const email = "otto@pier.example";
  const signUp = { email, password: passwords.first, tenant: "pier", tenantName: "Pier" };
  const made = await page.request.post("/api/console/sign-up", { data: signUp, headers: { origin: product.url } });
  expect(made.status()).toBe(201);
  for (const one of [page, other]) {
    await one.goto("/sign-in?next=/account");
    await signIn(one, { Email: email, Password: passwords.first });
    await expect(account(one)).toBeVisible();
  }
  await page.reload();
  const elsewhere = page.getByRole("listitem").filter({ hasText: "Last seen" });
  await expect(elsewhere).toHaveCount(1);
  await page.getByLabel("Current password").fill("not the password");
  await page.getByLabel("New password").fill(passwords.second);
  await page.getByRole("button", { name: "Change password" }).click();
  await expect(page.getByText("That is not your password")).toBeVisible();
  await page.getByLabel("Current password").fill(passwords.first);
  await page.getByRole("button", { name: "Change password" }).click();
  await expect(page.getByText("Changed. Your other browsers are signed out.")).toBeVisible();
  await expect(elsewhere, "the page knows it too").toHaveCount(0);
  expect([await accountStatus(page), await accountStatus(other)]).toEqual([200, 401]);
  await other.goto("/sign-in?next=/account");
  await signIn(other, { Email: email, Password: passwords.first });
  await expect(alert(other)).toHaveText(/^That did not work. Check your email and password/);

  await other.getByRole("link", { name: "Forgotten password, or sign in by mail" }).click();
  await expect(other.getByRole("heading", { level: 1, name: "Forgotten password" })).toBeVisible();
  await other.getByLabel("Email").fill(email);
  await other.getByRole("button", { name: "Mail a link to set a new password" }).click();
  await expect(other.getByText(/a mail is on its way/)).toBeVisible();
  await other.goto(await mailed("Set a new password"));
  await other.getByLabel("New password").fill(passwords.third);
  await other.getByRole("button", { name: "Set password" }).click();
  await other.waitForURL(at("/sign-in?next=%2Faccount"));
  expect(await accountStatus(page)).toBe(401);
  // By the mail, too, one comes to where one wanted to go.
  await signIn(other, { Email: email, Password: passwords.third });
  await expect(account(other)).toBeVisible();

  const code = await startTwoFactors(other);
  await other.getByLabel("Code").fill(await code());
  await other.getByRole("button", { name: "Confirm" }).click();
  await expect(other.getByText(/^Switched on/)).toBeVisible();
  await page.goto("/reset?next=/account");
  await page.getByLabel("Email").fill(email);
  await page.getByRole("button", { name: "Mail a link to sign in" }).click();
  const link = await mailed("Your link to sign in");
  await page.goto(link);
  await signIn(page, {});
  await expect(alert(page)).toHaveText(/^Now the code/);
  await signIn(page, { Code: await code(30) });
  await expect(account(page)).toBeVisible();
  await page.goto(link);
  await signIn(page, {});
  await expect(alert(page)).toHaveText(/^That did not work. A link is good once/);
  await page.context().close();
  await other.context().close();
});
