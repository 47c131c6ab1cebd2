import type { Locator } from "@playwright/test";
import { expect, pick, test } from "./journey.ts";
import { makeOwnTenant, type OwnTenant, pressUntil } from "./own-tenant.ts";

/** More than any page has that takes the focus. */
const FARTHEST = 120;

let own: OwnTenant;
test.beforeAll(async ({ browser }) => {
  own = await makeOwnTenant(browser, "keys");
  await own.call("PUT", "/Users/ada", { displayName: "Ada" });
});
test.afterAll(async () => {
  expect(own.noise).toEqual([]);
  await own.close();
});

const press = (...keys: string[]) =>
  keys.reduce(async (before, key) => {
    await before;
    await own.page.keyboard.press(key);
  }, Promise.resolve());
const type = (text: string) => own.page.keyboard.type(text);

/** Goes from stop to stop until something has the focus. */
async function goTo(target: Locator, key = "Tab"): Promise<void> {
  await expect(target).toBeVisible();
  for (let stops = 0; stops < FARTHEST; stops++) {
    if (await target.evaluate((element) => element === document.activeElement)) return;
    await press(key);
  }
  throw new Error(`${target} is not reached by ${key}`);
}

const title = (name: string) => own.page.getByRole("heading", { level: 1, name });

/** Presses a key once there is a question, in the moment before that has the focus. */
async function pressAsItOpens(key: string): Promise<void> {
  await own.page.evaluate((key) => {
    const watch = new MutationObserver(() => {
      if (!document.querySelector("[role=alertdialog]")) return;
      watch.disconnect();
      document.body.dispatchEvent(new KeyboardEvent("keydown", { key, bubbles: true }));
    });
    watch.observe(document.body, { childList: true, subtree: true });
  }, key);
}

/** By `g` and a letter, which has to follow within a moment. */
async function goBy(letter: string, name: string): Promise<void> {
  await expect(async () => {
    await press("g", letter);
    await expect(title(name)).toBeFocused({ timeout: 5_000 });
  }).toPass();
}

test("one gets past the sidebar, and to any page by the palette, the sidebar and two letters", async () => {
  const { page } = own;
  await own.open("");
  await press("Tab");
  await expect(page.getByRole("link", { name: "Skip to content" })).toBeFocused();
  await expect(page.getByRole("link", { name: "Skip to content" })).toBeInViewport();
  await press("Enter");
  await expect(page.getByRole("main")).toBeFocused();
  await press("Tab");
  await expect(page.getByRole("main").locator(":focus")).toBeVisible();
  const before = (await page.locator(":focus").textContent()) ?? "";

  const palette = page.getByRole("combobox", { name: "Page, act or id" });
  await pressUntil(page, "Control+k", palette);
  await expect(palette).toBeFocused();
  await press("ArrowUp"); // to the last
  await expect(page.getByRole("option").last()).toHaveAttribute("aria-selected", "true");
  await expect(page.getByRole("option").last()).toBeInViewport();
  await press("Escape");
  await expect(page.getByRole("dialog")).toHaveCount(0);
  await expect(page.locator(":focus")).toHaveText(before);

  await press("Control+k");
  await expect(palette).toBeFocused();
  await type("topics");
  await expect(page.getByRole("option", { name: /Topics/ })).toHaveAttribute("aria-selected", "true");
  await press("Enter");
  await expect(title("Topics")).toBeFocused();

  await goTo(page.getByRole("navigation", { name: "Console" }).getByRole("link", { name: "Chats" }), "Shift+Tab");
  await press("Enter");
  await expect(title("Chats")).toBeFocused();
  await goBy("u", "Users");
  await press("?");
  const sheet = page.getByRole("dialog", { name: "Keys" });
  await expect(sheet).toBeVisible();
  await press("Escape");
  await expect(title("Users")).toBeFocused();

  // Keys of one letter can be switched off; the menu still leads to the sheet.
  const single = sheet.getByRole("switch", { name: "Keys of one letter or sign" });
  await press("?");
  await goTo(single);
  await press("Space");
  await expect(single).not.toBeChecked();
  await press("Escape");
  await expect(title("Users")).toBeFocused();
  await press("?", "c", "j");
  await expect(title("Users")).toBeFocused();
  await expect(page.getByRole("dialog")).toHaveCount(0);
  await pick(page.getByRole("button", { name: "Account" }), /^Keys/);
  await single.click();
  await press("Escape");
  await expect(sheet).toHaveCount(0);
  await title("Users").focus();
  await press("j"); // from nowhere into the table
  await expect(page.getByRole("row", { name: /Ada/ }).getByRole("button")).toBeFocused();
});

test("what is made is made, opened and looked through", async () => {
  const { page } = own;
  await own.open("/users");
  const dialog = page.getByRole("dialog", { name: "Add a user" });
  const row = page.getByRole("row", { name: /Ada/ }).getByRole("button");
  await goTo(row);
  await press("c");
  await expect(dialog.getByLabel("Id")).toBeFocused();
  await type("nobody");
  await press("Escape");
  await expect(dialog).toHaveCount(0);
  await expect(row).toBeFocused();

  await press("c");
  await expect(dialog.getByLabel("Id")).toBeFocused();
  await type("ben");
  await press("Tab");
  await expect(dialog.getByLabel("Name")).toBeFocused();
  await type("Ben");
  await press("Enter");
  await expect(title("Ben")).toBeFocused();
  await expect(page).toHaveTitle(`Ben – Users – ${own.tenantId}`);

  const tab = (name: string) => page.getByRole("tab", { name });
  await goTo(tab("Profile"));
  await press("ArrowRight");
  await expect(tab("Profile")).not.toBeFocused();
  await press("ArrowRight");
  await expect(tab("Chats")).toBeFocused();
  await expect(tab("Chats")).toHaveAttribute("aria-selected", "true");
  await expect(page.getByRole("tabpanel", { name: "Chats" })).toBeVisible();
  await press("End");
  await expect(page.getByRole("tabpanel", { name: "Access and data" })).toBeVisible();
  await press("Home");
  await goTo(page.getByLabel("Name", { exact: true }));
  await press("Control+a");
  await type("Benjamin");
  await press("Enter");
  await expect(title("Benjamin")).toBeVisible();

  await press("Control+k");
  await expect(page.getByRole("combobox", { name: "Page, act or id" })).toBeFocused();
  await type("users");
  await expect(page.getByRole("option", { name: /Users/ })).toHaveAttribute("aria-selected", "true");
  await press("Enter");
  await expect(title("Users")).toBeFocused();
  const filter = page.getByRole("searchbox", { name: "Id, name or address" });
  await expect(filter).toBeVisible();
  await press("/");
  await expect(filter).toBeFocused();
  await type("a");
  await press("Enter");
  await expect(page).toHaveURL(/search=a/);
  await expect(filter).toBeFocused();
  const rows = page.getByRole("table", { name: "Users" }).locator("tbody").getByRole("button");
  await expect(rows).toHaveCount(2);
  await goTo(rows.first());
  await press("j");
  await expect(rows.last()).toBeFocused();
  await press("ArrowUp");
  await expect(rows.first()).toBeFocused();
  const opened = (await rows.first().textContent()) ?? "";
  await press("Enter");
  await expect(title(opened)).toBeFocused();
});

test("a row's menu, a question, what must be answered, a drawer and an undo take keys alone", async () => {
  const { page } = own;
  await own.open("/keys");
  const menu = page.getByRole("button", { name: /^Actions of Secondary/i });
  await goTo(menu);
  await press("Enter");
  await expect(page.getByRole("menuitem", { name: "Rotate" })).toBeFocused();
  await press("Escape");
  await expect(menu).toBeFocused();
  await press(".");
  await expect(page.getByRole("menuitem", { name: "Rotate" })).toBeVisible();
  await press("Escape");
  await expect(menu).toBeFocused();
  const question = page.getByRole("alertdialog", { name: /^Rotate/ });
  await press("Enter");
  await expect(page.getByRole("menuitem", { name: "Rotate" })).toBeFocused();
  await pressAsItOpens("c"); // makes a key elsewhere on the page, and nothing while a question is open
  await press("Enter");
  await expect(question.locator(":focus")).toHaveCount(1);
  await press("c");
  await expect(page.getByRole("dialog")).toHaveCount(0);
  await press("Escape");
  await expect(question).toHaveCount(0);
  await expect(menu).toBeFocused();
  await press("ArrowDown");
  await expect(page.getByRole("menuitem", { name: "Rotate" })).toBeFocused();
  await press("Enter");
  await goTo(question.getByRole("button", { name: "Rotate" }));
  await press("Enter");
  const answer = page.getByRole("alertdialog", { name: /^The key/ });
  await goTo(answer.getByLabel("I have stored it"));
  await press("Escape");
  await press("Space");
  await goTo(answer.getByRole("button", { name: "Done" }));
  await press("Enter");
  await expect(answer).toHaveCount(0);
  await expect(menu).toBeFocused();

  const content = { userId: "ada", message: "m" };
  const { body } = await own.call<{ id: string }>("POST", "/Notifications", { ...content, subject: "By keys" });
  await own.call("POST", "/Notifications", { ...content, subject: "Above it" });
  await goBy("n", "Notifications");
  const row = page.getByRole("row", { name: /By keys/ }).getByRole("button");
  await goTo(row);
  await press("Enter");
  const drawer = page.getByRole("dialog", { name: "Notification" });
  await expect(drawer.getByText("Why it did or did not arrive")).toBeVisible();
  await press("ArrowLeft");
  await expect(drawer.getByRole("heading", { name: "Above it" })).toBeVisible();
  await press("ArrowLeft"); // it is the first
  await press("ArrowRight");
  await expect(drawer.getByRole("heading", { name: "By keys" })).toBeVisible();
  await press("Escape");
  await expect(drawer).toHaveCount(0);
  await expect(row).toBeFocused();
  await press("Enter");
  await goTo(drawer.getByRole("button", { name: "Open page" }));
  await press("Enter");
  await expect(title("Notification")).toBeFocused();
  await expect(page).toHaveURL(new RegExp(`/notifications/${body.id}$`));

  // What can be undone is, before it goes: F6 leads to what has just been said.
  const chat = await own.call<{ id: string }>("POST", "/Chat", { name: "Keys", memberUserIds: ["ben"] }, "ada");
  await own.open(`/chats/${chat.body.id}`);
  await goTo(page.getByRole("button", { name: "Freeze", exact: true }));
  await press("Enter");
  const undo = page.getByRole("button", { name: "Undo" });
  await expect(undo).toBeVisible();
  await expect(page.getByRole("button", { name: "Unfreeze" })).toBeVisible();
  await press("F6");
  await goTo(undo);
  await press("Enter");
  await expect(page.getByRole("button", { name: "Freeze", exact: true })).toBeVisible();
  await expect(undo).toHaveCount(0);
});
