// `npm run screenshots [-- word …]`: each page and each mail in light, dark and at 360 px, into the git-ignored screenshots/ folder. Words
// choose them by part of their name (mails are `mail-…`); `readme` makes the README's pictures instead, in docs/images. PARLEY_E2E_URL and PARLEY_E2E_HOME name a
// product that already runs; otherwise the built one is started.
import { mkdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { chromium, type Page } from "@playwright/test";
import { findBrowser } from "../e2e/browser.ts";
import { type Product, startProduct } from "../e2e/product.ts";
import { shootMails } from "./screenshot-mails.ts";
import { type First, type PageToShoot, pages } from "./screenshot-pages.ts";
import { askOperation, claimInstallation, type Stage, setStage } from "./screenshot-stage.ts";

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
    name: "chat",
    path: "/chat/demo?as=ada",
    prepare: async (page) => {
      await page
        .getByRole("button", { name: /^Lobby/ })
        .first()
        .click();
      await page.getByRole("list", { name: "Messages" }).getByRole("listitem").first().waitFor();
      await page.waitForLoadState("networkidle");
    },
  },
  {
    name: "console",
    path: "/t/demo?range=month",
    prepare: (page) => page.getByRole("heading", { name: "Live connections" }).waitFor(),
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
  if (forReadme || wanted.length > 0 || isWanted("installation")) await shootPages(await findProduct());
} finally {
  await browser.close();
}

type Shown = Pick<Product, "url" | "home" | "output" | "stop">;

async function findProduct(): Promise<Shown> {
  const running = process.env.PARLEY_E2E_URL;
  if (!running) return await startProduct();
  return { url: running, home: process.env.PARLEY_E2E_HOME ?? ".", output: () => "", stop: async () => {} };
}

async function shootPages(product: Shown): Promise<void> {
  const { admin }: Demo = JSON.parse(readFileSync(join(product.home, ".data/demo.json"), "utf8"));
  let stage: Stage | undefined;
  try {
    for (const shape of forReadme ? shapes.slice(0, 1) : shapes) {
      await withPage(product, shape, async (page) => {
        await signIn(page, admin);
        stage ??= await setStage(browser, page, product);
        if (forReadme) await shootPictures(page);
        else for (const one of wanted) await shoot(page, one, shape.name, stage);
      });
    }
    if (!forReadme && isWanted("installation")) await shootInstallation(product);
  } finally {
    await stage?.close();
    await product.stop();
  }
}

/** By the link that the first start prints: the page that takes it, and then what the owner sees. */
async function shootInstallation(product: Shown): Promise<void> {
  const claim = /\S+\/sign-up\?claim=\S+/.exec(product.output())?.[0];
  if (claim === undefined) return console.log("installation: only where the command starts the product itself");
  for (const shape of shapes)
    await withPage(product, shape, (page) => shoot(page, { name: "installation-claim", path: claim }, shape.name));
  const owner = await claimInstallation(product.url, claim);
  for (const shape of shapes) {
    await withPage(product, shape, async (page) => {
      await signIn(page, owner, "/installation");
      await shoot(page, { name: "installation", path: "/installation" }, shape.name);
    });
  }
}

async function withPage(
  { url }: Shown,
  { name: _, ...look }: (typeof shapes)[number],
  work: (page: Page) => Promise<void>,
): Promise<void> {
  const context = await browser.newContext({ ...look, baseURL: url });
  const page = await context.newPage();
  page.setDefaultTimeout(90_000);
  await work(page);
  await context.close();
}

async function shoot(page: Page, { name, path }: PageToShoot, shape: string, stage?: Stage): Promise<void> {
  const address =
    typeof path === "string" ? path : typeof path === "object" ? await findFirst(page, path) : stage && path(stage);
  if (address === undefined) return console.log(`${name}: the demo has none`);
  await open(page, address);
  await page.screenshot({ path: join(folder, `${name}-${shape}.png`), fullPage: true });
  console.log(`${name}-${shape}.png`);
}

async function shootPictures(page: Page): Promise<void> {
  for (const { name, path, prepare } of pictures) {
    await open(page, path);
    await prepare(page);
    await page.screenshot({ path: join(images, `${name}.png`) });
    console.log(`docs/images/${name}.png`);
  }
}

async function open(page: Page, path: string): Promise<void> {
  await page.goto(path);
  // A page that holds a call open never falls silent.
  await page.waitForLoadState("networkidle", { timeout: 5000 }).catch(() => undefined);
}

/** Undefined where the list is empty. */
async function findFirst(page: Page, { of, input = {}, path }: First): Promise<string | undefined> {
  const { data } = await askOperation<{ data: Record<string, string>[] }>(page, of, input);
  // Of chats the one in which most was said.
  const row = data.toSorted((one, other) => Number(other.lastSeq ?? 0) - Number(one.lastSeq ?? 0))[0];
  return row && path(row);
}

async function signIn(page: Page, { email, password }: Demo["admin"], next = "/t/demo"): Promise<void> {
  await page.goto(`/sign-in?next=${next}`);
  await page.getByLabel("Email").fill(email);
  await page.getByLabel("Password").fill(password);
  await page.getByRole("button", { name: "Sign in" }).click();
  await page.waitForURL(({ pathname }) => pathname === next);
}
