import { expectAccessible } from "./accessible.ts";
import { expect, openLiveChat, test, unheard } from "./journey.ts";

test("tells what runs and where to go on", async ({ page }) => {
  const response = await page.goto("/");
  expect(response?.status()).toBe(200);
  await expect(page.getByRole("heading", { level: 1 })).toBeVisible();
  const runs = page.getByRole("region", { name: "What runs" });
  await expect(runs.getByRole("status")).toHaveText("Everything runs");
  await expect(runs.getByText("Postgres")).toBeVisible();
  const links = page.getByRole("region", { name: "Where to go" }).getByRole("link");
  const hrefs = await links.evaluateAll((all) => all.map((link) => link.getAttribute("href") ?? ""));
  expect(hrefs).toContain("/openapi.json");
  for (const href of hrefs) expect((await page.request.get(href)).status(), href).toBe(200);
  await expect(page.getByLabel("Connection: Live")).toHaveCount(2);
  await expectAccessible(page);
});

test("two people chat both ways", async ({ page }) => {
  const [left, right] = await openLiveChat(page);
  const hello = unheard("Hello from the left");
  await left.say(hello);
  await expect(right.messages.getByText(hello)).toHaveCount(1);
  await expect(left.messages.getByText(hello)).toHaveCount(1);
  await expect(left.region.getByText("Sending…")).toHaveCount(0);

  const answer = unheard("And from the right");
  await right.box.fill(answer);
  await right.region.getByRole("button", { name: "Send" }).click();
  await expect(left.messages.getByText(answer)).toHaveCount(1);
  await expect(right.messages.getByText(answer)).toHaveCount(1);
  await expect(right.box).toHaveValue("");
});

test("a second visitor sees the same conversation", async ({ page, browser, baseURL }) => {
  const [left] = await openLiveChat(page);
  const context = await browser.newContext({ baseURL });
  const [, other] = await openLiveChat(await context.newPage());
  const text = unheard("Across two browsers");
  await left.say(text);
  await expect(other.messages.getByText(text)).toHaveCount(1);
  const back = unheard("And back");
  await other.say(back);
  await expect(left.messages.getByText(back)).toHaveCount(1);
  await context.close();
});

test("Shift and Enter make a new line", async ({ page }) => {
  const [left, right] = await openLiveChat(page);
  const text = unheard("first line");
  await left.box.pressSequentially(text);
  await left.box.press("Shift+Enter");
  await left.box.pressSequentially("second line");
  await expect(left.box).toHaveValue(`${text}\nsecond line`);
  await left.box.press("Enter");
  await expect(right.messages.getByText(text)).toContainText("second line");
});

test("shows who is there, who types, what is unread and what was seen", async ({ page }) => {
  const [left, right] = await openLiveChat(page);
  await expect(left.region.getByText(`${right.name}: online`)).toBeAttached();
  await expect(right.region.getByText(`${left.name}: online`)).toBeAttached();
  await right.box.focus();
  await expect(right.region.getByText(/^\d+\+? unread$/u)).toHaveCount(0);
  const typing = right.region.getByText(`${left.name} is typing…`).first(); // for a few seconds
  await Promise.all([expect(typing).toBeVisible(), left.box.pressSequentially("Writing")]);
  await left.say(unheard("Read this"));
  await expect(right.region.getByText(`${left.name} is typing…`)).toHaveCount(0);
  await expect(right.region.getByRole("heading")).toContainText("1 unread");
  await right.box.focus();
  await expect(right.region.getByRole("heading")).not.toContainText("unread");
  await expect(left.messages.getByText(new RegExp(`^Seen by .*(${right.name}|people)`, "u"))).toBeVisible();
});

test("who was offline misses nothing, and sends what was written meanwhile", async ({ page }) => {
  const [left, right] = await openLiveChat(page);
  await left.region.getByRole("button", { name: `Take ${left.name} offline` }).click();
  await expect(left.region.getByLabel("Connection: Offline")).toBeVisible();
  const missed = ["one", "two", "three"].map((word) => unheard(`Missed ${word}`));
  for (const text of missed) await right.say(text);
  await expect(right.messages.getByText(missed.at(-1) ?? "")).toHaveCount(1);
  // What is shown is not sent yet: what the other one wrote is to follow it.
  await expect(right.messages.getByText("Sending…")).toHaveCount(0);
  const held = unheard("Written offline");
  await left.say(held);
  await expect(left.region.getByText("Waiting to send")).toBeVisible();
  await expect(left.messages.getByText(missed[0] ?? "")).toHaveCount(0);

  await left.region.getByRole("button", { name: `Bring ${left.name} back` }).click();
  for (const { messages } of [left, right]) {
    const all = [...missed, held];
    const texts = () => messages.getByRole("article").allInnerTexts();
    const order = async () => (await texts()).flatMap((shown) => all.filter((text) => shown.includes(text)));
    await expect.poll(order).toEqual(all);
  }
});

test("keeps the theme in a cookie, so that the first byte has it", async ({ page }) => {
  await page.emulateMedia({ colorScheme: "light" });
  await openLiveChat(page); // a page that is left while its sockets open complains
  const background = () => page.evaluate(() => getComputedStyle(document.body).backgroundColor);
  const light = await background();
  const themes = page.getByRole("group", { name: "Theme" });
  await themes.getByRole("button", { name: "Dark" }).click();
  await expect(themes.getByRole("button", { name: "Dark" })).toHaveAttribute("aria-pressed", "true");
  await expect.poll(background).not.toBe(light);
  const dark = await background();
  expect(await (await page.request.get("/")).text()).toContain('data-theme="dark"');
  await page.reload();
  await expect.poll(background).toBe(dark);
  await themes.getByRole("button", { name: "Follow the system" }).click();
  await expect.poll(background).toBe(light);
  await page.emulateMedia({ colorScheme: "dark" });
  await expect.poll(background).toBe(dark);
});

test("fits 360 pixels and still chats", async ({ page }) => {
  await page.setViewportSize({ width: 360, height: 740 });
  const [left, right] = await openLiveChat(page);
  const text = unheard("From a small screen");
  await left.say(text);
  await expect(right.messages.getByText(text)).toHaveCount(1);
  const [above, below] = [await left.region.boundingBox(), await right.region.boundingBox()];
  expect(below?.y).toBeGreaterThan(above?.y ?? 0);
  expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(360);
});

test("works by keyboard alone", async ({ page }) => {
  const [left, right] = await openLiveChat(page);
  await page.keyboard.press("Tab");
  await expect(page.getByRole("link", { name: "Skip to the live chat" })).toBeFocused();
  await page.keyboard.press("Enter");
  const text = unheard("No mouse");
  const isAtBox = () => left.box.evaluate((box) => box === document.activeElement);
  for (let steps = 0; steps < 8 && !(await isAtBox()); steps++) await page.keyboard.press("Tab");
  await expect(left.box).toBeFocused();
  await page.keyboard.type(text);
  await page.keyboard.press("Enter");
  await expect(right.messages.getByText(text)).toHaveCount(1);
});
