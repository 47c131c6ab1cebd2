import { readdirSync, readFileSync } from "node:fs";
import { contents } from "../components/docs/contents.ts";
import { expectAccessible, expectNoFault, expectNoWider } from "./accessible.ts";
import { openConsole } from "./console.ts";
import { expect, openLiveChat, test } from "./journey.ts";
import { pressUntil, untilAlive } from "./own-tenant.ts";

const named = contents.flatMap(({ pages }) => pages);

test("every error code has its page, and what guards the folder holds", async ({ page, request }) => {
  const codes = readdirSync("docs/errors").map((name) => name.replace(".md", ""));
  for (const code of codes) expect((await request.get(`/docs/errors/${code}`)).status(), code).toBe(200);
  await page.goto("/docs/guides/errors");
  await page.getByRole("link", { name: "rate_limited" }).click();
  await expect(page.getByRole("heading", { level: 1 })).toContainText("rate_limited");
  for (const address of ["/docs/nothing", "/docs/nothing.md", "/docs/api/nothing", "/docs/openapi.json"])
    expect((await request.get(address)).status(), address).toBe(404);
  for (const address of ["/docs/errors/..%2F..%2Fpackage", "/docs/..%2F..%2Fpackage.json.md"])
    expect([400, 404], address).toContain((await request.get(address)).status());
});

test("the first page leads to the documentation", async ({ page }) => {
  await openLiveChat(page); // a page that is left while its sockets open complains
  await page.getByRole("link", { name: "Guarantees" }).click();
  await expect(page.getByRole("heading", { name: "What Parley guarantees" })).toBeVisible();
  await openLiveChat(page);
  await page.getByRole("link", { name: "Guides" }).click();
  await expect(page.getByRole("heading", { name: "Overview", level: 1 })).toBeVisible();
});

test("pages made from code and of errors fit 360 px, and every page of the sidebar is a twin of its Markdown", async ({
  page,
  request,
}) => {
  await page.setViewportSize({ width: 360, height: 740 });
  const list = await (await request.get("/llms.txt")).text();
  for (const address of ["/docs/api", "/docs/api/messages.send", "/docs/errors/invalid"]) {
    await page.goto(address);
    await expect(page.getByRole("heading", { level: 1 }).first()).toBeVisible();
    await expect(page.getByRole("main")).not.toContainText("<!--");
    await expectNoWider(page);
  }
  for (const path of named) {
    const twin = await request.get(`/docs/${path}.md`);
    expect(twin.headers()["content-type"], path).toBe("text/markdown; charset=utf-8");
    // What the file says outside of its placeholders, to the letter.
    for (const part of readFileSync(`docs/${path}.md`, "utf8").split(/^\[The programs\].*$|^<!-- errors -->$/m))
      expect(await twin.text(), path).toContain(part);
    expect(list).toContain(`(/docs/${path}.md)`);
  }
  for (const name of readdirSync("docs/errors")) expect(list).toContain(`(/docs/errors/${name})`);
});

test("a parameter in the text is not torn behind its question mark, however wide the page", async ({ page }) => {
  await page.goto("/docs/guides/events");
  const code = page.getByRole("main").locator("code", { hasText: /^\?\w+=\w+$/ });
  for (let width = 360; width < 520; width += 20) {
    await page.setViewportSize({ width, height: 740 });
    const lines = await code.evaluateAll((all) => all.map((one) => one.getClientRects().length));
    expect(lines, `${width} px`).toEqual(lines.map(() => 1));
    expect(lines).not.toEqual([]);
  }
});

test("a twin has the programs that the tests run", async ({ request }) => {
  const twin = await (await request.get("/docs/guides/quick-start-chat.md")).text();
  for (const file of ["curl.sh", "main.ts", "Main.cs", "main.py", "output.txt"])
    expect(twin).toContain(readFileSync(`docs/snippets/quick-start-chat/${file}`, "utf8"));
});

test("pages of each kind are accessible, in both themes", async ({ page }) => {
  for (const address of ["/docs", "/docs/protocols/trpc", "/docs/api/members.list"]) {
    await page.goto(address);
    await expectAccessible(page);
  }
  const box = page.getByRole("combobox", { name: "Search the documentation" });
  await pressUntil(page, "/", box);
  await box.fill("cursor");
  await expect(page.getByRole("option").first()).toBeVisible();
  await expectNoFault(page);
});

test("the chosen language is kept from page to page, and the program is filled in", async ({ page, baseURL }) => {
  await page.goto("/docs/guides/quick-start-chat");
  await page.getByRole("tab", { name: "Python" }).click();
  const program = page.getByRole("tabpanel");
  await expect(program).toContainText(`os.environ.get('PARLEY_URL', '${baseURL}')`);
  await page.getByRole("link", { name: "Creating chats and sending messages" }).first().click();
  await expect(page.getByRole("heading", { name: "Creating chats and sending messages" })).toBeVisible();
  await expect(page.getByRole("tab", { name: "Python" })).toHaveAttribute("aria-selected", "true");
  await expect(program).toContainText("import urllib.request");
});

test("a way leads from page to page", async ({ page }) => {
  await page.goto("/docs/guides/path-backend");
  await page.getByRole("main").getByRole("link", { name: "Authentication and tenancy" }).first().click();
  await expect(page).toHaveURL(/authentication\?way=backend$/);
  await page.getByRole("link", { name: "Next Quick start: notifications" }).click();
  await expect(page.getByRole("link", { name: "Next Creating and sending notifications" })).toBeVisible();
});

test("the search opens by key, finds, and goes there", async ({ page }) => {
  await page.goto("/docs");
  const box = page.getByRole("combobox", { name: "Search the documentation" });
  await pressUntil(page, "Control+k", box);
  await box.fill("coming back");
  await expect(page.getByRole("option", { name: "Coming back" })).toBeVisible();
  await box.press("Enter");
  await expect(page).toHaveURL(/message-events#coming-back$/);
  await expect(page.getByRole("heading", { name: "Coming back" })).toBeInViewport();
});

test("the reference sends a real call as a person of the demo", async ({ page }) => {
  await page.goto("/docs/api/chats.create");
  await untilAlive(page);
  await page.getByRole("button", { name: "Ada", exact: false }).first().click();
  await page.getByRole("textbox", { name: "Body" }).fill('{"name": "From the reference", "memberUserIds": ["ben"]}');
  await page.getByRole("button", { name: "Send" }).click();
  const answer = page.getByRole("region", { name: "Answer", exact: true });
  await expect(answer).toContainText("201");
  await expect(answer).toContainText('"name": "From the reference"');
  await expect(answer).toContainText('"memberCount": 2');
});

test("who is signed in reads programs for their own tenant, and no key", async ({ browser }) => {
  const { page, close } = await openConsole(browser, "/t/demo");
  await page.goto("/docs/guides/overview");
  const programs = page.locator("[data-guide=overview]");
  await expect(programs).toContainText("PARLEY_TENANT:-demo");
  await expect(programs).toContainText(/has the keys .*primary/i);
  await expect(programs.getByRole("link", { name: "API keys" })).toHaveAttribute("href", "/t/demo/keys");
  await close();
});
