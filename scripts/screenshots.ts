// `npm run screenshots [-- word …]`: each page and each mail in light, dark and at 360 px, into the git-ignored screenshots/ folder. Words
// choose them by part of their name (mails are `mail-…`); `readme` makes the README's pictures instead, in docs/images. PARLEY_E2E_URL and PARLEY_E2E_HOME name a
// product that already runs; otherwise the built one is started.
import { mkdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { chromium, type Page } from "@playwright/test";
import { consolePages } from "../components/console/pages.ts";
import { contents } from "../components/docs/contents.ts";
import { findBrowser } from "../e2e/browser.ts";
import { type Product, startProduct } from "../e2e/product.ts";
import { shootMails } from "./screenshot-mails.ts";

interface Demo {
  admin: { email: string; password: string };
}

const folder = join(import.meta.dirname, "../screenshots");
const images = join(import.meta.dirname, "../docs/images");
const shapes = [
  { name: "light", viewport: { width: 1280, height: 800 }, colorScheme: "light" },
  { name: "dark", viewport: { width: 1280, height: 800 }, colorScheme: "dark" },
  { name: "360", viewport: { width: 360, height: 740 }, colorScheme: "light" },
] as const;

/** Of an object where there is one: its address below the tenant's, from the first row of the list that has it. */
interface First {
  of: string;
  input?: object;
  path(row: Record<string, string>): string;
}

const pages: { name: string; path: string | First }[] = [
  { name: "home", path: "/" },
  { name: "not-found", path: "/nothing/of/the/kind" },
  { name: "sign-in", path: "/sign-in" },
  { name: "sign-in-link", path: "/sign-in?link=x" },
  { name: "sign-up", path: "/sign-up" },
  { name: "sign-up-claim-over", path: "/sign-up?claim=x" },
  { name: "reset", path: "/reset" },
  { name: "reset-token", path: "/reset?token=x" },
  { name: "invite-over", path: "/invite/x.y" },
  { name: "account", path: "/account" },
  { name: "installation", path: "/installation" },
  { name: "chat-pick", path: "/chat/demo" },
  { name: "chat", path: "/chat/demo?as=ada" },
  {
    name: "chat-open",
    path: { of: "adminChats.list", input: { member: "ada" }, path: ({ id }) => `/chat/demo?as=ada&chat=${id}` },
  },
  { name: "inbox-pick", path: "/inbox/demo" },
  { name: "inbox", path: "/inbox/demo?as=ada" },
  { name: "inbox-preferences", path: "/inbox/demo?as=ada&view=preferences" },
  { name: "unsubscribe-over", path: "/u/x" },
  ...contents.flatMap((section) =>
    section.pages.map((path) => ({
      name: `docs-${path.replace("/", "-")}`,
      path: path === "guides/overview" ? "/docs" : `/docs/${path}`,
    })),
  ),
  { name: "docs-error", path: "/docs/errors/invalid" },
  { name: "docs-api", path: "/docs/api" },
  { name: "docs-operation", path: "/docs/api/messages.send" },
  ...consolePages.map(({ path }) => ({
    name: `console${path.replaceAll("/", "-") || "-overview"}`,
    path: `/t/demo${path}`,
  })),
  { name: "console-foreign", path: "/t/harbour" },
  { name: "console-users-one", path: "/t/demo/users/ada" },
  ...["messages", "members", "events", "settings"].map((tab) => ({
    name: `console-chat-${tab}`,
    path: {
      of: "adminChats.list",
      input: { member: "ada" },
      path: ({ id }: Record<string, string>) => `/t/demo/chats/${id}?tab=${tab}`,
    },
  })),
  { name: "console-notifications-new", path: "/t/demo/notifications/new" },
  {
    name: "console-notification",
    path: { of: "notifications.listAll", path: ({ id }) => `/t/demo/notifications/${id}` },
  },
  { name: "console-batch", path: { of: "batches.list", path: ({ id }) => `/t/demo/notifications/batches/${id}` } },
  { name: "console-webhook", path: { of: "webhooks.list", path: ({ id }) => `/t/demo/webhooks/${id}` } },
  { name: "console-template", path: "/t/demo/templates/delay" },
  { name: "console-category", path: "/t/demo/categories?open=Delay" },
  { name: "console-topic", path: "/t/demo/topics/line-montijo" },
];

/** What the README shows: one window each, in the light. */
const pictures: { name: string; path: string; prepare(page: Page): Promise<void> }[] = [
  {
    name: "first-page",
    path: "/#live",
    prepare: async (page) => {
      await page.getByRole("list", { name: "Messages" }).nth(1).getByRole("listitem").first().waitFor();
      await page.evaluate(() => document.getElementById("live")?.scrollIntoView({ behavior: "instant" }));
    },
  },
  {
    name: "inbox",
    path: "/inbox/demo?as=ada",
    prepare: (page) => page.getByRole("listitem").first().waitFor(),
  },
  {
    name: "console",
    path: "/t/demo/notifications/new",
    prepare: async (page) => {
      await page.getByLabel("User's id").fill("ada");
      await page.getByLabel("Subject").fill("The last ferry leaves at ten");
      await page
        .getByLabel("Message", { exact: true })
        .fill("Because of the wind. Your ticket is good for any earlier one.");
      await page.getByRole("tab", { name: "Mail, light" }).click();
      await page.waitForLoadState("networkidle");
    },
  },
  {
    name: "guides",
    path: "/docs/guides/quick-start-notifications",
    prepare: (page) => page.getByRole("tab", { name: "TypeScript" }).click(),
  },
];

const words = process.argv.slice(2);
const forReadme = words.includes("readme");
const isWanted = (name: string) => words.length === 0 || words.some((word) => name.includes(word));
const wanted = pages.filter(({ name }) => isWanted(name));

const browser = await chromium.launch(findBrowser());
mkdirSync(folder, { recursive: true });
try {
  if (!forReadme) await shootMails(browser, folder, isWanted);
  if (forReadme || wanted.length > 0) await shootPages(await findProduct());
} finally {
  await browser.close();
}

async function findProduct(): Promise<Pick<Product, "url" | "home" | "stop">> {
  const running = process.env.PARLEY_E2E_URL;
  if (!running) return await startProduct();
  return { url: running, home: process.env.PARLEY_E2E_HOME ?? ".", stop: async () => {} };
}

async function shootPages(product: Pick<Product, "url" | "home" | "stop">): Promise<void> {
  try {
    const demo: Demo = JSON.parse(readFileSync(join(product.home, ".data/demo.json"), "utf8"));
    for (const { name: shape, ...look } of forReadme ? shapes.slice(0, 1) : shapes) {
      const context = await browser.newContext({ ...look, baseURL: product.url });
      const page = await context.newPage();
      page.setDefaultTimeout(90_000);
      await signIn(page, demo.admin);
      for (const { name, path } of forReadme ? [] : wanted) {
        const address = typeof path === "string" ? path : await findFirst(page, path);
        if (address === undefined) {
          console.log(`${name}: the demo has none`);
          continue;
        }
        await open(page, address);
        await page.screenshot({ path: join(folder, `${name}-${shape}.png`), fullPage: true });
        console.log(`${name}-${shape}.png`);
      }
      for (const { name, path, prepare } of forReadme ? pictures : []) {
        await open(page, path);
        await prepare(page);
        await page.screenshot({ path: join(images, `${name}.png`) });
        console.log(`docs/images/${name}.png`);
      }
      await context.close();
    }
  } finally {
    await product.stop();
  }
}

async function open(page: Page, path: string): Promise<void> {
  await page.goto(path);
  // A page that holds a call open never falls silent.
  await page.waitForLoadState("networkidle", { timeout: 5000 }).catch(() => undefined);
}

/** Undefined where the list is empty. */
async function findFirst(page: Page, { of, input = {}, path }: First): Promise<string | undefined> {
  const query = encodeURIComponent(JSON.stringify(input));
  const answer = await page.request.get(`/api/trpc/${of}?input=${query}`, {
    headers: { "x-tenant-id": "demo", origin: new URL(page.url()).origin },
  });
  const { data } = (await answer.json()).result.data;
  // Of chats the one in which most was said.
  const row = data.toSorted((one: { lastSeq?: number }, other: { lastSeq?: number }) => {
    return (other.lastSeq ?? 0) - (one.lastSeq ?? 0);
  })[0];
  return row && path(row);
}

async function signIn(page: Page, { email, password }: Demo["admin"]): Promise<void> {
  await page.goto("/sign-in?next=/t/demo");
  await page.getByLabel("Email").fill(email);
  await page.getByLabel("Password").fill(password);
  await page.getByRole("button", { name: "Sign in" }).click();
  await page.waitForURL(({ pathname }) => pathname === "/t/demo");
}
