import { expectAccessible } from "./accessible.ts";
import { expect, holdNext, intercept, loseAnswer, pick, test, unheard } from "./journey.ts";
import { callAs, makeGroup, openHosted, partsOf, productUrl, readDemo } from "./people.ts";

test("two people pick who they are, find each other and talk", async ({ page, browser }) => {
  await page.goto("/chat/demo");
  await page.getByRole("button", { name: "Ada Marques" }).click();
  await page.getByRole("button", { name: "New chat" }).first().click();
  const dialog = page.getByRole("dialog", { name: "New chat" });
  await dialog.getByRole("combobox", { name: "People" }).fill("Ivo");
  await page
    .getByRole("listbox")
    .getByRole("option", { name: /Ivo Santos/u })
    .click();
  await dialog.getByRole("textbox", { name: "Name" }).click();
  const name = unheard("Quay");
  await dialog.getByRole("textbox", { name: "Name" }).fill(name);
  await dialog.getByRole("button", { name: "Create group" }).click();
  await expect(page.getByRole("heading", { level: 1, name })).toBeVisible();
  const openChat = () => new URL(page.url()).searchParams.get("chat") ?? "";
  await expect.poll(openChat).not.toBe("");
  const chatId = openChat();
  const ada = partsOf(page);
  const ivo = await openHosted(browser, "ivo", chatId);

  await ada.say("**Bold** and https://example.com/path");
  const link = ivo.messages.getByRole("link", { name: "https://example.com/path" });
  await expect(link).toHaveAttribute("rel", /noopener/u);
  await expect(ivo.messages.locator("strong")).toHaveText("Bold");
  await expect(ada.messages.getByText("Seen by Ivo Santos")).toBeVisible();
  await ivo.say("<img src=x onerror=alert(1)> <b>no markup</b>");
  await expect(ada.messages.getByText("no markup")).toBeVisible();
  await expect(ada.messages.locator("img[src=x], b")).toHaveCount(0);

  const typing = page.getByText("Ivo Santos is typing…").first(); // for a few seconds
  const write = () => ivo.box.pressSequentially("I am writing", { delay: 350 }); // the service tells it every few seconds
  await Promise.all([expect(typing).toBeVisible(), write()]);
  await ivo.box.fill("");

  // ↑ edits one's last message; the others see it, and that it was edited.
  await ada.say("Depature at nine");
  await expect(ivo.messages.getByText("Depature at nine")).toBeVisible();
  await expect(ada.messages.getByText("Sending…")).toHaveCount(0);
  await ada.box.press("ArrowUp");
  expect(await ada.box.inputValue(), "is there before the next key").toBe("Depature at nine");
  await ada.box.fill("Departure at nine");
  await ada.box.press("Enter");
  await expect(ivo.messages.getByRole("article").filter({ hasText: "Departure at nine" })).toContainText("edited");

  // A reply quotes, and a delete leaves a tombstone in its place.
  await ivo.messages.getByRole("article").last().focus();
  await ivo.page.keyboard.press("r");
  await expect(ivo.page.getByText("Reply to Ada Marques")).toBeVisible();
  await ivo.say("At nine sharp");
  await expect(ada.messages.getByRole("button", { name: /Ada Marques Departure at nine/u })).toBeVisible();
  await expect(ivo.messages.getByText("Sending…")).toHaveCount(0);
  await ivo.messages.getByRole("article").last().hover();
  await ivo.page.context().grantPermissions(["clipboard-write"]);
  await pick(ivo.messages.getByRole("article").last().getByRole("button", { name: "Message actions" }), "Copy text");
  await expect(ivo.page.getByText("Text copied")).toBeVisible();
  // It asks first, and one is back at the message, whether it is still there or not.
  const last = ivo.messages.getByRole("article").last();
  const sure = ivo.page.getByRole("alertdialog", { name: "Delete your message?" });
  await last.focus();
  await ivo.page.keyboard.press("Delete");
  await expect(sure).toContainText("At nine sharp");
  await ivo.page.keyboard.press("Escape");
  await expect(sure).toHaveCount(0);
  await expect(last).toBeFocused();
  await last.hover();
  await pick(last.getByRole("button", { name: "Message actions" }), "Delete");
  await expect(sure.getByRole("button", { name: "Delete" })).toBeFocused();
  await expect(ada.messages.getByText("At nine sharp")).toBeVisible();
  await ivo.page.keyboard.press("Enter");
  await expect(ada.messages.getByText("Message deleted")).toBeVisible();
  await expect(last).toBeFocused();
  await expect(ada.messages.getByText("At nine sharp")).toHaveCount(0);

  // One person and no name: a direct chat, made once and then opened again.
  const openDirect = async () => {
    await page.getByRole("button", { name: "New chat" }).first().click();
    await dialog.getByRole("combobox", { name: "People" }).fill("Ivo");
    await page.getByRole("option", { name: /Ivo Santos/u }).click();
    await dialog.getByRole("textbox", { name: "Name" }).click();
    await dialog.getByRole("button", { name: "Open direct chat" }).click();
    await expect(page.getByRole("heading", { level: 1, name: "Ivo Santos" })).toBeVisible();
    await expect.poll(openChat).not.toBe(chatId);
    return openChat();
  };
  const direct = await openDirect();
  const made = await callAs<{ kind: string; memberCount: number }>("ivo", "GET", `/Chat/${direct}`);
  expect(made).toMatchObject({ kind: "direct", memberCount: 2 });
  await page.goBack();
  await expect(page.getByRole("heading", { level: 1, name })).toBeVisible();
  expect(await openDirect()).toBe(direct);
  expect(ivo.noise).toEqual([]);
  await ivo.page.context().close();
});

test("who was offline is told so, misses nothing and sends once what was written meanwhile, even over a reload", async ({
  browser,
}) => {
  const { id } = await makeGroup(unheard("Fog"), "ada", "ben");
  const [ada, ben] = [await openHosted(browser, "ada", id), await openHosted(browser, "ben", id)];
  const row = ada.page.getByRole("navigation", { name: "Chats" }).getByRole("button").first();
  const place = await row.boundingBox();
  await ada.page.context().setOffline(true);
  await expect(ada.page.getByText("You are offline.")).toBeVisible();
  // What is said of the line moves nothing: a press under way would miss what it was meant for.
  expect(await row.boundingBox()).toEqual(place);
  const missed = ["one", "two", "three"].map((word) => unheard(`Missed ${word}`));
  for (const text of missed) await ben.say(text);
  await expect(ben.messages.getByText(missed[2] ?? "")).toBeVisible();
  // What is shown is not sent yet: what Ada holds is to follow it.
  await expect(ben.messages.getByText("Sending…")).toHaveCount(0);
  const held = ["four", "five"].map((word) => unheard(`Held ${word}`));
  for (const text of held) await ada.say(text);
  await expect(ada.messages.getByText("Waiting to send")).toHaveCount(2);
  await expect(ada.page.getByText("You are offline. 2 messages are waiting.")).toBeVisible();
  await expect(ada.messages.getByText(missed[0] ?? "")).toHaveCount(0);

  // Said for three seconds, and counted while it is said: looked for in the page, by every change of it.
  const said = ada.page.evaluate(untilSaid, "Connected – caught up ([3-9]|\\d\\d) messages");
  await ada.page.context().setOffline(false);
  await said;
  const all = [...missed, ...held];
  for (const { messages, texts } of [ada, ben]) {
    const sent = async () => (await texts()).flatMap((shown) => all.filter((text) => shown.includes(text)));
    await expect.poll(sent).toEqual(all);
    await expect(messages.getByText("Waiting to send")).toHaveCount(0);
  }

  // Written without a line, and the page is gone before it comes back.
  await ada.page.context().setOffline(true);
  const last = unheard("Over a reload");
  await ada.say(last);
  await expect.poll(() => ada.page.evaluate(countKept)).toBe(1);
  await ada.page.goto("about:blank");
  await ada.page.context().setOffline(false);
  await ada.page.goto(`/chat/demo?as=ada&chat=${id}`);
  await expect(ben.messages.getByText(last)).toHaveCount(1);
  await expect(ada.messages.getByText(last)).toHaveCount(1);

  // What the service refuses by then says why, and goes out when it is allowed again.
  await ben.page.context().setOffline(true);
  const refused = unheard("Into a frozen chat");
  const again = unheard("Into it again");
  await ben.say(refused);
  await ben.messages.getByRole("article").last().focus();
  await ben.page.keyboard.press("r");
  const answers = ben.page.getByText("Reply to Ada Marques", { exact: true });
  await expect(answers).toBeVisible();
  await ben.say(again);
  await expect(answers).toHaveCount(0);
  await expect(ben.messages.getByText("Waiting to send")).toHaveCount(2);
  await callAs("ada", "PATCH", `/Chat/${id}`, { frozen: true });
  await ben.page.context().setOffline(false);
  await expect(ben.messages.getByText(/^Not sent: /u)).toHaveCount(2);
  await callAs("ada", "PATCH", `/Chat/${id}`, { frozen: false });
  await ben.messages.getByRole("button", { name: "Retry" }).first().click();
  await expect(ada.messages.getByText(refused)).toHaveCount(1);
  // Or is written anew, and what was being written meanwhile is still there.
  await ben.box.fill("Begun meanwhile");
  await ben.messages.getByRole("button", { name: "Edit" }).click();
  await expect(ben.box).toHaveValue(`${again}\nBegun meanwhile`);
  await expect(answers, "still answers what it did").toBeVisible();
  await ben.box.press("Enter");
  await expect(ada.messages.getByText(again)).toContainText("Begun meanwhile");
  await expect(ben.messages.getByText(/^Not sent: /u)).toHaveCount(0);

  // A correction that did not get through is found by whoever corrects that message again.
  const corrected = unheard("Corrected");
  await expect(ben.messages.getByText("Sending…")).toHaveCount(0);
  await ben.page.context().setOffline(true);
  await ben.box.press("ArrowUp");
  await ben.box.fill(corrected);
  await ben.box.press("Enter");
  await expect(ben.page.getByText(/^Not changed: /u)).toBeVisible();
  await expect(ben.box).toHaveValue("");
  await ben.page.context().setOffline(false);
  await expect(ben.page.getByLabel("Connection: Live").first()).toBeAttached();
  await ben.box.press("ArrowUp");
  await expect(ben.box).toHaveValue(corrected);
  await ben.box.press("Enter");
  await expect(ada.messages.getByText(corrected)).toHaveCount(1);
  for (const { page } of [ada, ben]) await page.context().close();
});

test("who cannot leave is told so; who has left finds no panel of that chat over another one", async ({ browser }) => {
  const [left, stays] = [unheard("Left"), unheard("Stays")];
  const { id } = await makeGroup(left, "ivo", "ben");
  await makeGroup(stays, "ivo", "ben");
  const { page } = await openHosted(browser, "ben", id);
  const panel = page.getByRole("dialog", { name: `Members of ${left}` });
  const leave = async () => {
    await panel.getByRole("button", { name: "Leave chat" }).click();
    await page.getByRole("alertdialog").getByRole("button", { name: "Leave" }).click();
  };
  await page.getByRole("button", { name: "Members" }).click();
  await intercept(page, /members\/ben$/u, (route) => route.abort(), { times: 1 });
  await leave();
  await expect(panel.getByText(/^Not left: /u)).toBeVisible();
  await leave();
  await expect(page.getByText("Choose a chat")).toBeVisible();
  const open = async (name: string) => {
    await page.getByRole("button", { name: new RegExp(name, "u") }).click();
    await expect(page.getByRole("heading", { level: 1, name })).toBeVisible();
  };
  await open(stays);
  await expect(page.getByRole("button", { name: "Members" })).toBeEnabled();
  await expect(page.getByRole("dialog")).toHaveCount(0);

  // Nor is who has gone on meanwhile taken away by the answer.
  await callAs("ivo", "POST", `/Chat/${id}/members`, { userIds: ["ben"] });
  await open(left);
  await page.getByRole("button", { name: "Members" }).click();
  const answer = await holdNext(page, /members\/ben$/u);
  await leave();
  await expect(page.getByRole("alertdialog")).toHaveCount(0);
  await page.keyboard.press("Escape");
  await open(stays);
  await answer();
  await expect(page.getByRole("button", { name: new RegExp(left, "u") })).toHaveCount(0);
  await expect(page.getByRole("heading", { level: 1, name: stays })).toBeVisible();
  await page.context().close();
});

test("a group is made once, also when the answer is lost and one asks again", async ({ browser }) => {
  const { id } = await makeGroup(unheard("Start"), "ivo", "ben");
  const { page } = await openHosted(browser, "ivo", id);
  const name = unheard("Once");
  await page.getByRole("button", { name: "New chat" }).first().click();
  const dialog = page.getByRole("dialog", { name: "New chat" });
  await dialog.getByRole("combobox", { name: "People" }).fill("Ben");
  await page.getByRole("option", { name: /Ben Carter/u }).click();
  await dialog.getByRole("textbox", { name: "Name" }).fill(name);
  await intercept(page, /\/Chat$/u, loseAnswer, { times: 1 });
  await dialog.getByRole("button", { name: "Create group" }).click();
  await expect(dialog.getByText(/^The service did not answer/u)).toBeVisible();
  await dialog.getByRole("button", { name: "Create group" }).click();
  await expect(page.getByRole("heading", { level: 1, name })).toBeVisible();
  const { data } = await callAs<{ data: { name: string | null }[] }>("ivo", "GET", "/Chat?limit=10");
  expect(data.filter((chat) => chat.name === name)).toHaveLength(1);

  // Who has closed the dialog is not taken to it.
  const later = unheard("Later");
  await page.getByRole("button", { name: "New chat" }).first().click();
  await dialog.getByRole("combobox", { name: "People" }).fill("Ben");
  await page.getByRole("option", { name: /Ben Carter/u }).click();
  await dialog.getByRole("textbox", { name: "Name" }).fill(later);
  const answer = await holdNext(page, /\/Chat$/u);
  await dialog.getByRole("button", { name: "Create group" }).click();
  await dialog.getByRole("button", { name: "Cancel" }).click();
  await page.getByRole("button", { name: "Keys (Ctrl /)" }).click();
  await answer();
  await expect(page.getByText("The chat is made")).toBeVisible();
  await expect(page.getByRole("dialog", { name: "Keys" })).toBeVisible();
  await page.keyboard.press("Escape");
  await expect(page.getByRole("heading", { level: 1, name })).toBeVisible();
  await page.getByRole("button", { name: "Open", exact: true }).click();
  await expect(page.getByRole("heading", { level: 1, name: later })).toBeVisible();
  await page.context().close();
});

test("works by keyboard alone, and says new messages by one polite voice", async ({ browser }) => {
  const name = unheard("Keys");
  const { id } = await makeGroup(name, "ben", "carla");
  const carla = await openHosted(browser, "carla", "");
  const { page } = carla;
  await page.keyboard.press("Control+k");
  await expect(page.getByRole("searchbox", { name: "Find a chat" })).toBeFocused();
  await page.keyboard.type(name);
  await expect(page.getByRole("navigation", { name: "Chats" }).locator("li").first()).toContainText(name);
  await page.keyboard.press("Enter");
  await expect(page.getByRole("heading", { level: 1, name })).toBeVisible();
  await page.keyboard.press("F6");
  for (let steps = 0; steps < 3 && !(await carla.box.evaluate((box) => box === document.activeElement)); steps++)
    await page.keyboard.press("F6");
  await expect(carla.box).toBeFocused();
  await page.keyboard.type("No mouse");
  await page.keyboard.press("Shift+Enter");
  await page.keyboard.type("second line");
  await page.keyboard.press("Enter");
  await expect(carla.messages.getByText("No mouse")).toContainText("second line");
  // What is shown is not sent yet: Ben's words are to follow it.
  const stored = () => callAs<{ data: unknown[] }>("ben", "GET", `/Chat/${id}/messages?limit=5`);
  await expect.poll(async () => (await stored()).data.length).toBe(1);
  const voice = page.getByRole("log", { name: "New messages" });
  await callAs("ben", "POST", `/Chat/${id}/messages`, { content: "Spoken aloud" });
  await expect(voice).toHaveText("Ben Carter: Spoken aloud");
  // The same words again are said again: a screen reader says what is new on the page.
  const spoken = await voice.getByText("Spoken aloud").elementHandle();
  await callAs("ben", "POST", `/Chat/${id}/messages`, { content: "Spoken aloud" });
  await expect.poll(() => spoken?.evaluate((words) => words.isConnected)).toBe(false);
  await expect(voice).toHaveText("Ben Carter: Spoken aloud");
  await expect(carla.messages).not.toHaveAttribute("aria-live", /.*/u);
  await expect(carla.messages.getByRole("article")).toHaveCount(3);
  await expect(carla.messages.getByRole("article").first()).toContainText("No mouse"); // in its place, not still being sent
  await carla.messages.getByRole("article").nth(-2).focus();
  await page.keyboard.press("ArrowUp");
  await expect(carla.messages.getByRole("article", { name: /^Carla Nunes/u })).toBeFocused();
  await page.keyboard.press("e");
  await expect(carla.box).toHaveValue("No mouse\nsecond line");
  await expect(carla.box).toBeFocused();
  await page.keyboard.press("Escape");
  await expect(carla.box).toHaveValue("");
  await page.keyboard.press("Control+f");
  await page.keyboard.type("spoken");
  await page.keyboard.press("Shift+Enter");
  await expect(page.getByText("2 of 2", { exact: true })).toBeVisible();
  await page.keyboard.press("Control+f");
  await page.keyboard.type("second");
  await page.keyboard.press("Enter");
  await expect(page.getByText("1 of 1", { exact: true })).toBeVisible();
  await expect(carla.messages.locator("mark")).toHaveText("second");
  await carla.box.focus();
  await page.keyboard.press("Control+f");
  await expect(page.getByRole("searchbox", { name: "Search in this chat" }), "once more").toBeFocused();
  await page.keyboard.press("Escape");
  await expect(carla.box).toBeFocused();
  await carla.box.fill("sails");
  await carla.box.press("Home");
  await page.keyboard.press("Control+Shift+e");
  await page.getByRole("searchbox", { name: "Search emoji" }).fill("ferry");
  await expect(page.getByRole("gridcell")).toHaveCount(1); // the picker looks while one types, in its own time
  await page.keyboard.press("ArrowDown");
  await page.keyboard.press("Enter");
  await expect(carla.box).toHaveValue("⛴️sails");
  await expect(carla.box).toBeFocused();
  await page.keyboard.type(" ");
  await expect(carla.box, "goes on behind it").toHaveValue("⛴️ sails");
  expect(carla.noise).toEqual([]);
  await page.context().close();
});

test("who types is said once a minute, and shown each time", async ({ browser }) => {
  const { id } = await makeGroup(unheard("Typed"), "ben", "carla");
  const carla = await openHosted(browser, "carla", id);
  const { page } = carla;
  await expect(carla.messages.getByText("Nothing said yet")).toBeVisible();
  await page.clock.install();
  const sentence = page.getByRole("main").getByText("Ben Carter is typing…");
  const said = sentence.and(page.getByRole("status"));
  /** The service tells it every few seconds, and not while the line comes anew with the time. */
  const type = (shown: number) =>
    expect(async () => {
      await callAs("ben", "POST", `/Chat/${id}/typing`, {});
      await expect(sentence).toHaveCount(shown, { timeout: 1_000 });
    }).toPass();
  await type(2);
  await expect(said).toHaveCount(1);
  await page.clock.runFor(6_000);
  await expect(sentence).toHaveCount(0);
  await type(1);
  await expect(said).toHaveCount(0);
  await page.clock.runFor(60_000);
  await expect(sentence).toHaveCount(0);
  await type(2);
  await expect(said).toHaveCount(1);
  await page.context().close();
});

test("meets WCAG 2.2 AA in both themes and fits 360 px, with its panel and without", async ({ browser }) => {
  const { id } = await makeGroup(unheard("Looked at"), "ada", "ben");
  await callAs("ben", "POST", `/Chat/${id}/messages`, { content: "Words to look at" });
  const ada = await openHosted(browser, "ada", id, { reducedMotion: "reduce" });
  await expect(ada.messages.getByRole("article").first()).toBeVisible();
  await expectAccessible(ada.page);
  await ada.page.getByRole("button", { name: "Members" }).click();
  const members = ada.page.getByRole("list", { name: "Members" });
  await expect(members).toBeVisible();
  await expectAccessible(ada.page);
  await members.getByRole("button", { name: /^Remove Ben/u }).click();
  const question = ada.page.getByRole("alertdialog", { name: /^Remove Ben/u });
  await question.getByRole("button", { name: "Cancel" }).click();
  await expect(members.getByRole("listitem")).toHaveCount(2);
  await members.getByRole("button", { name: /^Remove Ben/u }).click();
  await question.getByRole("button", { name: "Remove" }).click();
  await expect(members.getByRole("listitem")).toHaveCount(1);
  expect(ada.noise).toEqual([]);
  await ada.page.context().close();
});

test("the demo's strip chats over stock clients: SignalR, tRPC and Pusher", async ({ browser }) => {
  const { id } = await makeGroup(unheard("Strip"), "ada", "joana");
  const ada = await openHosted(browser, "ada", id);
  const sockets: string[] = [];
  ada.page.on("websocket", (socket) => sockets.push(socket.url()));
  for (const [label, mark] of [
    ["SignalR (@microsoft/signalr)", "/hub?"],
    ["tRPC (@trpc/client)", "/api/trpc"],
    ["Pusher (pusher-js)", "/app/"],
  ] as const) {
    await ada.page.getByRole("combobox", { name: "Protocol" }).selectOption({ label });
    await expect.poll(() => sockets.some((url) => url.includes(mark))).toBe(true);
    await expect(ada.page.getByLabel("Connection: Live").first()).toBeVisible();
    const text = unheard(`Over ${label}`);
    await callAs("joana", "POST", `/Chat/${id}/messages`, { content: text });
    await expect(ada.messages.getByText(text)).toHaveCount(1);
  }
  // It is loaded after the page, and what keeps its place until then is one row high.
  const strip = ada.page.getByRole("region", { name: "Demo" });
  expect((await strip.boundingBox())?.height).toBe(52);
  await ada.page.setViewportSize({ width: 360, height: 740 });
  expect((await strip.boundingBox())?.height).toBe(52);
  await ada.page.setViewportSize({ width: 1280, height: 720 });
  await ada.page.getByRole("combobox", { name: "Second person" }).selectOption("Joana Reis");
  await ada.page.getByRole("button", { name: "Open beside" }).click();
  const beside = ada.page.frameLocator('iframe[title="The second person"]');
  await expect(beside.getByRole("list", { name: "Messages" }).getByText("Over tRPC")).toBeVisible();
  expect(readDemo().users.length).toBeGreaterThan(2);
  expect(ada.noise).toEqual([]);
  await ada.page.context().close();
});

/** Until the page says something that fits; runs in the page. */
function untilSaid(what: string): Promise<void> {
  const wanted = new RegExp(what, "u");
  return new Promise((resolve) => {
    const look = () => {
      if (!wanted.test(document.body.textContent ?? "")) return;
      watch.disconnect();
      resolve();
    };
    const watch = new MutationObserver(look);
    watch.observe(document.body, { subtree: true, childList: true, characterData: true });
    look();
  });
}

/** How many messages the browser's database keeps until they are sent; runs in the page. */
function countKept(): Promise<number> {
  return new Promise((resolve) => {
    const opening = indexedDB.open("keyval-store");
    opening.onsuccess = () => {
      const counting = opening.result.transaction("keyval").objectStore("keyval").count();
      counting.onsuccess = () => {
        opening.result.close();
        resolve(counting.result);
      };
    };
  });
}

test("the key that finds a chat is shown where there is a keyboard, and on a phone the focus follows what is shown", async ({
  browser,
}) => {
  const phone = { viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true };
  const tablet = { ...phone, viewport: { width: 1180, height: 820 } };
  for (const device of [{}, phone, tablet]) {
    const context = await browser.newContext({ baseURL: productUrl(), ...device });
    const page = await context.newPage();
    await page.goto("/chat/demo?as=ada");
    const finder = page.getByRole("searchbox", { name: "Find a chat" });
    await expect(finder).toHaveAttribute("placeholder", "Find a chat");
    const hint = page.locator("kbd", { hasText: "Ctrl K" });
    if ("hasTouch" in device) await expect(hint).toBeHidden();
    else await expect(hint).toBeVisible();
    await finder.fill("quay");
    await expect(hint).toBeHidden();
    if (device !== phone) {
      await context.close();
      continue;
    }
    // The list gives way to the chat, and the focus goes with it, there and back.
    await finder.fill("");
    const first = page.getByRole("navigation", { name: "Chats" }).locator("[data-chat]").first();
    const row = page.locator(`[data-chat="${await first.getAttribute("data-chat")}"]`);
    await row.focus();
    await page.keyboard.press("Enter");
    await expect(page.getByRole("heading", { level: 1 })).toBeFocused();
    await page.getByRole("button", { name: "Back to the chats" }).focus();
    await page.keyboard.press("Enter");
    await expect(row).toBeFocused();
    // What has keys all the same finds another chat from within one.
    await page.keyboard.press("Enter");
    await expect(page.getByRole("heading", { level: 1 })).toBeFocused();
    await page.keyboard.press("Control+k");
    await expect(finder).toBeFocused();
    await context.close();
  }
});
