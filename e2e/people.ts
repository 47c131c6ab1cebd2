import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { Browser, Locator, Page } from "@playwright/test";
import { expect, listen } from "./journey.ts";

export interface DemoFile {
  baseUrl: string;
  apiKey: string;
  admin: { email: string; password: string };
  users: { userId: string; displayName: string; token: string }[];
  second: { tenantId: string; apiKey: string; user: { userId: string; token: string } };
}

export function productUrl(): string {
  return process.env.PARLEY_E2E_URL ?? "";
}

/** What the product wrote about its demo. */
export function readDemo(): DemoFile {
  return JSON.parse(readFileSync(join(process.env.PARLEY_E2E_HOME ?? "", ".data/demo.json"), "utf8"));
}

/** A call to the demo tenant as one of its people, beside the pages. */
export async function callAs<T>(userId: string, method: string, path: string, body?: unknown): Promise<T> {
  const { users } = readDemo();
  const token = users.find((user) => user.userId === userId)?.token;
  const response = await fetch(`${productUrl()}/tenant/demo/v1${path}`, {
    method,
    headers: { authorization: `Bearer ${token}`, "content-type": "application/json" },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  if (!response.ok) throw new Error(`${method} ${path} was answered with ${response.status}`);
  return (await response.json()) as T;
}

/** A call with the demo tenant's key. */
export async function callWithKey<T>(
  method: string,
  path: string,
  body: unknown,
  tenant = "demo",
  key = readDemo().apiKey,
): Promise<T> {
  const response = await fetch(`${productUrl()}/tenant/${tenant}/v1${path}`, {
    method,
    headers: { "x-api-key": key, "content-type": "application/json" },
    body: JSON.stringify(body),
  });
  if (!response.ok) throw new Error(`${method} ${path} was answered with ${response.status}`);
  return (await response.json()) as T;
}

/** A group of the demo's people that no other journey writes into. */
export async function makeGroup(name: string, owner: string, ...others: string[]): Promise<{ id: string }> {
  return await callAs(owner, "POST", "/Chat", { name, memberUserIds: others });
}

export interface Hosted {
  page: Page;
  /** Errors of its console, failed requests, requests elsewhere. */
  noise: string[];
  messages: Locator;
  box: Locator;
  texts(): Promise<string[]>;
  say(text: string): Promise<void>;
}

/** The hosted chat as one person, in a browser context of their own, with a chat open. */
export async function openHosted(browser: Browser, userId: string, chatId: string, more = {}): Promise<Hosted> {
  const baseURL = productUrl();
  const context = await browser.newContext({ baseURL, ...more });
  const page = await context.newPage();
  const noise = listen(page, new URL(baseURL).origin);
  await page.goto(`/chat/demo?as=${userId}&chat=${chatId}`);
  await expect(page.getByLabel("Connection: Live").first()).toBeAttached();
  return { noise, ...partsOf(page) };
}

export function partsOf(page: Page): Omit<Hosted, "noise"> {
  const messages = page.getByRole("list", { name: "Messages" });
  const box = page.getByRole("textbox", { name: "Message", exact: true });
  return {
    page,
    messages,
    box,
    texts: () => messages.getByRole("article").allInnerTexts(),
    say: async (text) => {
      await box.fill(text);
      await box.press("Enter");
    },
  };
}
