import { join } from "node:path";
import type { Browser, BrowserContext, Locator, Page } from "@playwright/test";
import pg from "pg";
import { findRunningPostgres } from "../server/persistence/embedded-running.ts";
import { expect, listen } from "./journey.ts";
import { productUrl } from "./people.ts";

/** Of every owner here. */
export const password = "a password that is long";

/** A tenant that one journey may set as it likes, with its owner signed in to the console. */
export interface OwnTenant {
  tenantId: string;
  /** The primary key. */
  key: string;
  page: Page;
  /** Errors of the page, failed requests, requests elsewhere. */
  noise: string[];
  /** A call with the key; `as` names the user whom it acts as. */
  call<T>(
    method: string,
    path: string,
    body?: unknown,
    as?: string,
  ): Promise<{ status: number; body: T; headers: Headers }>;
  /** Opens a page of its console. */
  open(path: string): Promise<void>;
  /** SQL as the database's owner: for time that cannot be waited for. */
  sql<T extends pg.QueryResultRow>(text: string, values?: unknown[]): Promise<T[]>;
  close(): Promise<void>;
}

export async function makeOwnTenant(browser: Browser, name: string): Promise<OwnTenant> {
  const tenantId = `${name}-${crypto.randomUUID().slice(0, 8)}`;
  const email = `${tenantId}@owners.example`;
  await post("/api/console/sign-up", { email, password, tenant: tenantId, tenantName: `${name} Ltd` });
  const context = await browser.newContext({ baseURL: productUrl() });
  const page = await context.newPage();
  const noise = listen(page, new URL(productUrl()).origin);
  await signIn(page, email, `/t/${tenantId}/settings`);
  const { key } = await callInPage<{ key: string }>(page, tenantId, "apiKeys.rotate", { kind: "primary" });
  const database = new pg.Client({
    connectionString: await findRunningPostgres(join(process.env.PARLEY_E2E_HOME ?? "", ".data")),
  });
  await database.connect();
  return {
    ...{ tenantId, key, page, noise },
    call: async (method, path, body, as) => {
      const response = await fetch(`${productUrl()}/tenant/${tenantId}/v1${path}`, {
        method,
        headers: { "x-api-key": key, "content-type": "application/json", ...(as ? { "x-act-as-user": as } : {}) },
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      });
      const { status, headers } = response;
      // What a journey expects to be refused it asks for by itself.
      if (status === 429 && path !== "/Users/ada") throw new Error(`${method} ${path}: ${await response.text()}`);
      return { status, headers, body: await response.json() };
    },
    open: async (path) => {
      await page.goto(`/t/${tenantId}${path}`);
      await untilAlive(page);
    },
    sql: async (text, values) => (await database.query(text, values)).rows,
    close: async () => {
      await database.end();
      await context.close();
    },
  };
}

/** Until the page is more than what the server sent: what is pressed before that is lost. */
export async function untilAlive(page: Page): Promise<void> {
  await page.locator("main h1").waitFor();
  await page.waitForFunction(() => {
    // The title comes first: what is filled in below it while the rest is still taken over would be lost as well.
    const parts = [...document.querySelectorAll("main :is(h1, input, select, textarea)")];
    const isTaken = (part: Element) => Object.keys(part).some((name) => name.startsWith("__reactFiber"));
    return document.querySelector("main h1") !== null && parts.every(isTaken);
  });
}

/** Presses `c`, the key of a page's primary action, until that opens its dialog. */
export async function pressCreate(page: Page): Promise<void> {
  await pressUntil(page, "c", page.getByRole("dialog"));
}

/** Presses a key, which a page hears a moment after it is shown, until something is there. */
export async function pressUntil(page: Page, key: string, shown: Locator): Promise<void> {
  await expect(async () => {
    if (!(await shown.isVisible())) await page.keyboard.press(key);
    await expect(shown).toBeVisible({ timeout: 1_000 });
  }).toPass();
}

/** Signs somebody in with the password of every owner here, and comes to a page. */
export async function signIn(page: Page, email: string, path: string): Promise<void> {
  await takeSession(page.context(), email);
  await page.goto(path);
  await page.waitForURL(({ pathname }) => pathname === path);
}

/** The calls of the form without the form, which is the matter of installation.spec.ts: what is opened next is signed in. */
export async function takeSession({ request }: BrowserContext, email: string, secret = password): Promise<void> {
  const { csrfToken } = await (await request.get("/api/auth/csrf")).json();
  const form = { email, password: secret, csrfToken, callbackUrl: "/", json: "true" };
  const answer = await request.post("/api/auth/callback/password", { form });
  expect(answer.status(), await answer.text()).toBe(200);
}

/** Somebody else of the tenant, in a browser context of their own. */
export async function openAs(browser: Browser, of: OwnTenant, role: string): Promise<Page> {
  const email = `${role}-${of.tenantId}@owners.example`;
  const { link } = await callInPage<{ link: string }>(of.page, of.tenantId, "operators.invite", { email, role });
  const token = link.split("/invite/")[1] ?? "";
  await post(`/api/console/invitations/${token}/accept`, { password });
  const context = await browser.newContext({ baseURL: productUrl() });
  const page = await context.newPage();
  await signIn(page, email, `/t/${of.tenantId}/settings`);
  return page;
}

/** An operation as whoever is signed in on a page, as the page itself would call it; throws with the answer unless it is 2xx. */
export async function callInPage<T>(page: Page, tenantId: string, operation: string, input: object): Promise<T> {
  const { status, text } = await page.evaluate(
    async ({ tenantId, operation, input }) => {
      const headers = { "content-type": "application/json", "x-tenant-id": tenantId };
      const sent = { method: "POST", headers, body: JSON.stringify(input) };
      const response = await fetch(`/api/trpc/${operation}`, sent);
      return { status: response.status, text: await response.text() };
    },
    { tenantId, operation, input },
  );
  expect(status, text).toBe(200);
  return JSON.parse(text).result.data;
}

async function post(path: string, body: object): Promise<void> {
  const response = await fetch(`${productUrl()}${path}`, {
    method: "POST",
    headers: { "content-type": "application/json", origin: productUrl() },
    body: JSON.stringify(body),
  });
  if (!response.ok) throw new Error(`${path} was answered with ${response.status}: ${await response.text()}`);
}
