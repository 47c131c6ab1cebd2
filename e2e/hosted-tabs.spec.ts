import type { Page } from "@playwright/test";
import { expect, pick, test, unheard } from "./journey.ts";
import { callAs, callWithKey, makeGroup, openHosted, productUrl, readDemo } from "./people.ts";

// Several tabs of one person agree.

declare global {
  interface Window {
    /** How many tones the page has made. */
    tones?: number;
  }
}

test("the badge says what the service counts, in every tab of a person", async ({ browser }) => {
  const name = unheard("Badge");
  const { id } = await makeGroup(name, "ben", "hana");
  const counted = async () => {
    type Counters = { chats: { unreadMessages: number; mutedMessages: number }; inbox: { unread: number } };
    const { chats, inbox } = await callAs<Counters>("hana", "GET", "/counters");
    return chats.unreadMessages - chats.mutedMessages + inbox.unread;
  };
  const before = await counted();
  const context = await browser.newContext({ baseURL: productUrl() });
  await context.addInitScript(countTones);
  const [one, two] = [await context.newPage(), await context.newPage()];
  for (const tab of [one, two]) await tab.goto("/chat/demo?as=hana");
  await expect(two.getByRole("button", { name: /^Theme follows the system/u })).toBeVisible(); // and hears what is chosen
  await one.getByRole("button", { name: /^Theme follows the system/u }).click();
  await expect(two.getByRole("button", { name: /^Theme light/u })).toBeVisible();
  await expect(two.locator("html")).toHaveAttribute("data-theme", "light");
  const tones = async () => {
    const each = await Promise.all([one, two].map((tab) => tab.evaluate(() => window.tones ?? 0)));
    return each.reduce((sum, count) => sum + count, 0);
  };
  await one.getByRole("button", { name: "Sound is off" }).click();
  await expect(two.getByRole("button", { name: "Sound is on" })).toBeVisible();
  await expect.poll(tones).toBe(1); // so that one knows it
  // Every page of such a browser takes itself for the one in front.
  const setInFront = (tab: Page, isInFront: boolean) =>
    tab.evaluate((isInFront) => {
      Object.assign(document, { hasFocus: () => isInFront });
      window.dispatchEvent(new Event(isInFront ? "focus" : "blur"));
    }, isInFront);
  const isAttended = () =>
    one.evaluate(async () => {
      const { held = [] } = await navigator.locks.query();
      return held.some(({ name }) => name?.startsWith("parley/attention/"));
    });
  for (const tab of [one, two]) await setInFront(tab, false);
  await expect.poll(isAttended).toBe(false);
  for (const text of ["a", "b", "c"]) await callAs("ben", "POST", `/Chat/${id}/messages`, { content: text });
  const rowOf = (tab: Page, unread: number) =>
    tab
      .getByRole("navigation", { name: "Chats" })
      .locator("li", { hasText: name })
      .filter({ hasText: `${unread} unread` });
  for (const tab of [one, two]) {
    await expect(rowOf(tab, 3)).toHaveCount(1);
    await expect(tab).toHaveTitle(new RegExp(`^\\(${Math.min(before + 3, 99)}\\+?\\) Chat`, "u"));
    const icons = () =>
      tab.locator("link[rel=icon][type*=svg]").evaluateAll((all) => all.map((link) => link.getAttribute("href")));
    await expect.poll(async () => new Set(await icons())).toEqual(new Set(["/icon-unread.svg"]));
  }
  expect(await counted()).toBe(before + 3);
  await expect.poll(tones).toBeGreaterThan(1);
  let heard = await tones();
  await setInFront(two, true);
  await expect.poll(isAttended).toBe(true);
  await callAs("ben", "POST", `/Chat/${id}/messages`, { content: "d" });
  for (const tab of [one, two]) await expect(rowOf(tab, 4)).toHaveCount(1);
  expect(await tones()).toBe(heard);
  await two.getByRole("button", { name: "Sound is on" }).click();
  await expect(one.getByRole("button", { name: "Sound is off" })).toBeVisible();
  heard = await tones();
  await callAs("ben", "POST", `/Chat/${id}/messages`, { content: "e" });
  for (const tab of [one, two]) await expect(rowOf(tab, 5)).toHaveCount(1);
  expect(await tones()).toBe(heard);
  await one.goto(`/chat/demo?as=hana&chat=${id}`);
  await expect(one.getByRole("list", { name: "Messages" }).getByText("New", { exact: true })).toBeVisible();
  await expect(rowOf(two, 5)).toHaveCount(0);
  await expect.poll(counted).toBe(before);
  // The separator is from a snapshot: reading does not take it away.
  await expect(one.getByRole("list", { name: "Messages" }).getByText("New", { exact: true })).toBeVisible();
  // What is muted is counted beside its chat, and by no badge.
  await pick(one.getByRole("button", { name: "Chat notifications: all messages" }), "Nothing");
  await expect(one.getByRole("button", { name: "Chat notifications: nothing" })).toBeVisible();
  await one.goto("/chat/demo?as=hana");
  await callAs("ben", "POST", `/Chat/${id}/messages`, { content: "f" });
  for (const tab of [one, two]) {
    await expect(rowOf(tab, 1)).toHaveCount(1);
    await expect(tab).toHaveTitle(before > 0 ? new RegExp(`^\\(${Math.min(before, 99)}\\+?\\) Chat`, "u") : /^Chat/u);
  }
  expect(await counted()).toBe(before);
  await context.close();
});

test("whoever is at one page is there, whatever another that lies idle has said", async ({ browser }) => {
  const { id } = await makeGroup(unheard("Here"), "ben", "gita");
  const gita = await openHosted(browser, "gita", id);
  const state = async () => {
    const { data } = await callAs<{ data: { state: string }[] }>("ben", "GET", "/presence?userIds=gita");
    return data[0]?.state;
  };
  // Again if the page has just had a sign of her: it is given the focus as it comes.
  const leave = async () => {
    await callAs("gita", "PUT", "/presence", { state: "away" });
    return await state();
  };
  await expect.poll(leave).toBe("away");
  let at = 0;
  const move = async () => {
    await gita.page.mouse.move(200, 200 + (at++ % 50));
    return await state();
  };
  await expect.poll(move).toBe("online");
  await gita.page.context().close();
});

test("a chat beyond the newest is found by its name when they are asked for", async ({ page }) => {
  const { second } = readDemo();
  const { tenantId, apiKey } = second;
  const userId = unheard("finder").replaceAll(" ", "-");
  const { token } = await callWithKey<{ token: string }>("POST", "/tokens", { userId }, tenantId, apiKey);
  const make = async (name: string) => {
    const answer = await fetch(`${productUrl()}/tenant/${tenantId}/v1/Chat`, {
      method: "POST",
      headers: { authorization: `Bearer ${token}`, "content-type": "application/json" },
      body: JSON.stringify({ name, memberUserIds: [userId] }),
    });
    expect(answer.status).toBe(201);
  };
  await make("Beneath all");
  await Promise.all(Array.from({ length: 50 }, (_, at) => make(`Above ${at}`)));
  await page.goto(`/chat/${tenantId}#token=${token}`);
  const found = page.getByRole("navigation", { name: "Chats" }).getByRole("button", { name: /Beneath all/u });
  await expect(page.getByRole("button", { name: "Show older chats" })).toBeVisible();
  await page.getByLabel("Find a chat").fill("beneath");
  await expect(page.getByText("None of the newest chats is called that")).toBeVisible();
  await page.getByRole("button", { name: "Show older chats" }).click();
  await expect(found).toBeVisible();
});

test("a draft stays with its chat, and both tabs know it", async ({ browser }) => {
  const { id } = await makeGroup(unheard("Drafts"), "ben", "gita");
  const gita = await openHosted(browser, "gita", id);
  await gita.box.fill("Half a thou");
  const second = await gita.page.context().newPage();
  await second.goto("/chat/demo?as=gita");
  await expect(second.getByText("Draft: Half a thou")).toBeVisible();
  await second.goto(`/chat/demo?as=gita&chat=${id}`);
  const box = second.getByRole("textbox", { name: "Message", exact: true });
  await expect(box).toHaveValue("Half a thou");
  await gita.box.press("Enter");
  await expect(box).toHaveValue(""); // else it could be sent once more
  await gita.box.fill("Half a thought"); // and the page is gone before a pause
  await gita.page.reload();
  await expect(gita.box).toHaveValue("Half a thought");
  await gita.page.context().close();
});

/** Counts what the page plays; runs in the page, before it. */
function countTones(): void {
  const { start } = OscillatorNode.prototype;
  OscillatorNode.prototype.start = function (...when) {
    window.tones = (window.tones ?? 0) + 1;
    start.apply(this, when);
  };
}

test("whom direct chats are with is asked once for each, however their answers come", async ({ browser }) => {
  const others = Array.from({ length: 8 }, () => unheard("named").replace(" ", "-"));
  for (const id of others) await callAs("hana", "POST", "/Chat", { kind: "direct", memberUserIds: [id] });
  const asked = new Map<string, number>();
  const context = await browser.newContext({ baseURL: productUrl() });
  const page = await context.newPage();
  page.on("request", (request) => {
    const chatId = /\/Chat\/([^/]+)\/members/u.exec(request.url())?.[1];
    if (chatId) asked.set(chatId, (asked.get(chatId) ?? 0) + 1);
  });
  await page.goto("/chat/demo?as=hana");
  const list = page.getByRole("navigation", { name: "Chats" });
  for (const id of others) await expect(list.getByRole("button", { name: new RegExp(id, "u") })).toBeVisible();
  expect(asked.size).toBeGreaterThanOrEqual(others.length);
  expect(Math.max(...asked.values())).toBe(1);
  await context.close();
});
